import tseslint from "typescript-eslint";
import { fence } from "./fence.js";

export default tseslint.config(
  { ignores: ["dist/", "packages/", "node_modules/"] },
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
  },
  {
    files: ["**/*.ts"],
    languageOptions: {
      parserOptions: { project: "./tsconfig.json", tsconfigRootDir: new URL("..", import.meta.url).pathname },
    },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "no-restricted-properties": [
        "error",
        { object: "process", property: "exit", message: "It cuts piped output: set process.exitCode." },
      ],
    },
  },
  {
    files: ["src/core/**/*.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        ...["process", "console", "globalThis", "performance", "setTimeout", "setInterval", "setImmediate"],
      ],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "now is a parameter." },
        { object: "Math", property: "random", message: "The same input gives the same plan." },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: "now is a parameter.",
        },
      ],
    },
  },
  {
    files: ["src/**/*.ts"],
    plugins: { "docker-gc": { rules: { fence } } },
    rules: { "docker-gc/fence": "error" },
  },
);
