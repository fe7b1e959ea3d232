// Terminal colour and cursor codes, which programs write even into files.
const codes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g

/** Text without terminal codes; a progress bar which rewrites its line with \r keeps only the last state. */
export function stripAnsi(text: string): string {
  return text
    .replace(codes, '')
    .replace(/\r\n/g, '\n')
    .replace(/[^\n]*\r(?=[^\n])/g, '')
}
