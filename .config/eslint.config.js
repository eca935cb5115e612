import tseslint from "typescript-eslint";

/** Imports go one way, so that a reader can follow a run from left to right (see docs/architecture.md). */
const knows = {
  core: ["core"],
  files: ["core", "files"],
  engine: ["core", "files", "engine"],
  ledger: ["core", "files", "ledger"],
  report: ["core", "report"],
  collect: ["core", "engine", "ledger", "collect"],
  cli: ["core", "files", "engine", "ledger", "report", "collect", "cli"],
};

const folders = Object.keys(knows);

/** Packages that only these places may import. */
const owners = [
  { name: "dockerode", file: "src/engine/direct-request.ts" },
  { name: "better-sqlite3", file: "src/ledger/sqlite-ledger.ts" },
  { name: "yargs", file: "src/cli/arguments.ts" },
  { name: "yaml", file: "src/cli/config-file" },
  { name: "yaml", file: "src/cli/use-file.ts" },
];

const importRules = folders.map((folder) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          ...folders
            .filter((other) => !knows[folder].includes(other))
            .map((other) => ({
              regex: `^\\.\\./(.*/)?${other}/`,
              message: `${folder} must not know ${other}.`,
            })),
          { regex: "main\\.js$", message: "Only the command starts main." },
          ...owners.map(({ name, file }) => ({
            regex: `^${name}(/|$)`,
            message: `Only ${file} imports ${name}.`,
          })),
          ...(folder === "core"
            ? [{ regex: "^node:(?!crypto$)", message: "core is pure: no I/O, no clock, no environment." }]
            : []),
        ],
      },
    ],
  },
}));

const ownerExceptions = [
  {
    files: [
      "src/engine/direct-request.ts",
      "src/ledger/**/*.ts",
      "src/cli/arguments.ts",
      "src/cli/config-file/*.ts",
      "src/cli/use-file.ts",
    ],
    rules: { "no-restricted-imports": "off" },
  },
];

export default tseslint.config(
  { ignores: ["dist/", "node_modules/"] },
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
      "no-restricted-globals": ["error", "process", "console", "setTimeout"],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "now is a parameter." },
      ],
    },
  },
  ...importRules,
  ...ownerExceptions,
);
