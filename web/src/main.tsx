import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { App } from './app/App'
import { applyTheme } from './app/theme'
import { queryClient } from './graphql/hooks'
import { pathPrefix } from './lib/base'
import './ui/tokens.css'
import './ui/controls.css'
import './ui/layout.css'
import './ui/overlays.css'

applyTheme()

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <BrowserRouter basename={pathPrefix || '/'}>
        <App />
      </BrowserRouter>
    </QueryClientProvider>
  </StrictMode>,
)
