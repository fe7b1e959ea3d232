import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'src/graphql/generated', 'test-results', 'playwright-report'] },
  ...tseslint.configs.recommended,
  reactHooks.configs.flat.recommended,
  {
    rules: {
      // TanStack Virtual's API is one the React Compiler leaves alone; we do not use the compiler.
      'react-hooks/incompatible-library': 'off',
      eqeqeq: ['error', 'smart'],
      'no-console': 'error',
      'max-lines': ['warn', 420],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: 'Render text from user code as React elements (see ui/Markdown.tsx), never as HTML.',
        },
      ],
    },
  },
  { files: ['scripts/**'], rules: { 'no-console': 'off' } },
)
