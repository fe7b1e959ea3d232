import { Component, type ReactNode } from 'react'
import { Button } from '../ui/basics'
import { ErrorView } from '../ui/ErrorView'

/** Catches what a page throws while rendering, a chunk that failed to load included, and offers to try again. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render() {
    if (this.state.error === undefined) return this.props.children
    return (
      <div className="page stack">
        <ErrorView error={this.state.error} title="This page failed to draw" />
        <div>
          <Button icon="reload" onClick={() => window.location.reload()}>
            Reload the page
          </Button>
        </div>
      </div>
    )
  }
}
