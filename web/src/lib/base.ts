/** Where the page is mounted. The server puts its path prefix into <base href> (contract in web/README.md). */
function readPrefix(): string {
  if (typeof document === 'undefined') return ''
  const href = document.querySelector('base')?.getAttribute('href') ?? '/'
  const path = href.replace(/\/+$/, '')
  return path.startsWith('/') ? path : ''
}

export const pathPrefix = readPrefix()

/** The address of a server route such as `/graphql`, path prefix included. */
export function serverPath(path: string): string {
  return `${pathPrefix}${path}`
}
