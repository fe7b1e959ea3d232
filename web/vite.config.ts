import process from 'node:process'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

// The server a development page talks to: Rondel's own, or any server which speaks the same GraphQL.
const backend = process.env.RONDEL_URL ?? 'http://127.0.0.1:3000'
const proxied = { target: backend, changeOrigin: true, ws: true }
const proxy = { '/graphql': proxied, '/logs': proxied, '/download_debug': proxied }

/** Does what the Rondel server does to index.html: puts the path prefix (here none) in. */
function pathPrefix(): Plugin {
  return {
    name: 'rondel-path-prefix',
    apply: (_config, env) => env.command === 'serve',
    transformIndexHtml: (html) => html.replaceAll('__PATH_PREFIX__', ''),
    configurePreviewServer(server) {
      server.middlewares.use((request, response, next) => {
        // Compressed text could not be searched for the marker.
        if (request.headers.accept?.includes('text/html')) delete request.headers['accept-encoding']
        const end = response.end.bind(response) as (chunk?: unknown) => typeof response
        const write = response.write.bind(response) as (chunk: unknown) => boolean
        const isPage = () => String(response.getHeader('content-type') ?? '').includes('text/html')
        const replace = (chunk: unknown) =>
          isPage() && chunk ? String(chunk).replaceAll('__PATH_PREFIX__', '') : chunk
        const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => typeof response
        response.writeHead = ((...args: unknown[]) => {
          if (isPage()) response.removeHeader('content-length')
          return writeHead(...args)
        }) as typeof response.writeHead
        response.write = ((chunk: unknown) => write(replace(chunk))) as typeof response.write
        response.end = ((chunk?: unknown) => end(replace(chunk))) as typeof response.end
        next()
      })
    },
  }
}

/** The page's own content security policy: nothing foreign, no inline script. See README.md. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  // The editor and positions of bars and cards need styles of their own.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self' ws: wss:",
  "base-uri 'self'",
  "form-action 'none'",
].join('; ')

function contentSecurityPolicy(): Plugin {
  return {
    name: 'rondel-csp',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: policy },
        injectTo: 'head-prepend',
      },
    ],
  }
}

export default defineConfig({
  // Relative, so that one build works below any path prefix (see README.md).
  base: './',
  plugins: [react(), pathPrefix(), contentSecurityPolicy()],
  server: { port: 5173, strictPort: true, proxy },
  preview: { port: 4173, strictPort: true, proxy },
  build: {
    target: 'es2023',
    outDir: 'dist',
    // Not `assets`: /assets/<key> is a page, and what lies in a folder of the bundle is answered as a file.
    assetsDir: 'static',
    sourcemap: false,
    // Inlined data: URLs would need a wider content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
  },
})
