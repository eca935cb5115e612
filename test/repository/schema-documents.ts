import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { projectRoot } from "../support/project.js";

const path = join(projectRoot, "src/schemas/report.schema.json");

export type DocumentKind =
  | "run"
  | "status"
  | "explain"
  | "history"
  | "what-if"
  | "settings"
  | "import"
  | "mark"
  | "doctor"
  | "failure";

/** What is wrong with a document by the published schema; empty when nothing is. */
export function problemsOf(json: string, kind: DocumentKind): string[] {
  const document = JSON.parse(json) as unknown;
  const problems = errorsOf(`report#/$defs/${kind}`, document);
  // No document may be taken for one of another kind.
  if (problems.length === 0 && errorsOf("report", document).length > 0)
    return ["is of no kind, or of several"];
  return problems;
}

function errorsOf(schema: string, document: unknown): string[] {
  const validate = ajv.getSchema(schema);
  if (validate === undefined) throw new Error(`There is no schema ${schema}.`);
  if (validate(document) === true) return [];
  const errors = validate.errors ?? [];
  return errors.map(
    ({ instancePath, message = "", params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, allowUnionTypes: true });
ajv.addSchema(JSON.parse(readFileSync(path, "utf8")) as object, "report");
