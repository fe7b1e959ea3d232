/**
 * The server under test: the one that RONDEL_URL names (RONDEL_OFFICIAL_URL for the official web application), or a
 * `rondel dev` of the quickstart of our own on a free port, with an instance of its own in a temporary folder.
 * RONDEL_TEST_PYTHON names the interpreter whose environment has Dagster.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'

export interface Server {
  url: string
  /** The end of what the server printed, for a failure's message. */
  output: () => string
  stop: () => Promise<void>
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ version }' }),
    })
    return response.ok
  } catch {
    return false
  }
}

/** Starts `rondel dev` on the quickstart with the UI of that name, unless the environment names a running server. */
export async function startServer(ui: 'rondel' | 'dagster' = 'rondel'): Promise<Server> {
  const given = ui === 'rondel' ? process.env.RONDEL_URL : process.env.RONDEL_OFFICIAL_URL
  if (given) return { url: given.replace(/\/+$/, ''), output: () => '', stop: () => Promise.resolve() }

  const web = path.resolve(import.meta.dirname, '..')
  const binary = process.env.RONDEL_BIN ?? path.resolve(web, '../target/debug/rondel')
  if (!existsSync(binary))
    throw new Error(`no rondel at ${binary}: build it, or name one in RONDEL_BIN or a server in RONDEL_URL`)
  const python = process.env.RONDEL_TEST_PYTHON
  if (!python) throw new Error('RONDEL_TEST_PYTHON must name a Python interpreter with dagster installed')

  const home = mkdtempSync(path.join(os.tmpdir(), 'rondel-e2e-'))
  const port = await freePort()
  const definitions = path.resolve(web, '../examples/quickstart/definitions.py')
  const child = spawn(
    binary,
    ['dev', '-f', definitions, '-p', String(port), ...(ui === 'dagster' ? ['--ui', ui] : [])],
    {
      env: {
        ...process.env,
        DAGSTER_HOME: home,
        QUICKSTART_DATA: path.join(home, 'data'),
        // Starting a Python process takes its time on a busy machine; it is not what is tested here.
        DAGSTER_GRPC_TIMEOUT_SECONDS: '300',
        PATH: `${path.dirname(python)}${path.delimiter}${process.env.PATH ?? ''}`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let printed = ''
  const keep = (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-20_000))
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  let ended: number | null | undefined
  const exit = new Promise<void>((resolve) => {
    child.on('exit', (code) => {
      ended = code
      resolve()
    })
  })
  const stop = async () => {
    child.kill('SIGTERM')
    const hard = setTimeout(() => child.kill('SIGKILL'), 20_000)
    await exit
    clearTimeout(hard)
    rmSync(home, { recursive: true, force: true })
  }
  const url = `http://127.0.0.1:${port}`
  for (const deadline = Date.now() + 90_000; Date.now() < deadline;) {
    if (ended !== undefined) throw new Error(`rondel dev ended with ${ended}:\n${printed}`)
    if (await answers(url)) return { url, output: () => printed, stop }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  await stop()
  throw new Error(`rondel dev did not answer within 90 s:\n${printed}`)
}
