/** Markdown in one line, for lists: its first paragraph without the marks. Pure. */
export function plainText(markdown: string): string {
  const paragraph = markdown.trim().split(/\n\s*\n/, 1)[0] ?? ''
  return paragraph
    .replace(/^#{1,6}\s+/, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(\*\*|__)(\S|\S.*?\S)\1/g, '$2')
    .replace(/(^|\W)[*_](\S|\S[^*_]*\S)[*_](?=\W|$)/g, '$1$2')
    .replace(/`+([^`]*)`+/g, '$1')
    .replace(/\s+/g, ' ')
}
