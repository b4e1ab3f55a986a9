import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const features = ['overview', 'metrics', 'logs', 'traces', 'topology', 'alarms'];

/** Forbids `patterns` to the files of `folder`, and says why. */
function layer(folder, patterns, message) {
  return {
    files: [`src/${folder}/**/*.{ts,tsx}`],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group: patterns, message }] }] },
  };
}

export default tseslint.config(
  { ignores: ['dist', 'target', 'node_modules'] },
  {
    files: ['src/**/*.{ts,tsx}', 'vite.config.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/only-throw-error': ['error', { allow: ['Redirect'] }],
      'no-restricted-globals': [
        'error',
        { name: 'localStorage', message: 'The key lives in sessionStorage, see api/session.ts.' },
      ],
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat['recommended-latest']],
    // Says what the React compiler would skip; we do not use it.
    rules: { 'react-hooks/incompatible-library': 'off' },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['src/api/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.name='fetch']",
          message: 'Only src/api talks to the gateway.',
        },
        {
          selector: "ImportDeclaration[source.value='zod']",
          message: 'Nothing unparsed leaves src/api, and there api/zod.ts sets zod up.',
        },
      ],
    },
  },
  layer('api', ['**/features/**', '**/ui/**', '**/app/**'], 'api knows no view.'),
  layer('time', ['**/features/**', '**/ui/**', '**/app/**', '**/api/**', 'react'], 'time is pure.'),
  layer('ui', ['**/features/**', '**/app/**'], 'ui knows no feature.'),
  ...features.map((feature) =>
    layer(
      `features/${feature}`,
      ['**/app/**', ...features.filter((f) => f !== feature).map((f) => `**/${f}/**`)],
      'A feature imports api, ui, time and units, never another feature.',
    ),
  ),
);
