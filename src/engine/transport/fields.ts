import { attempt } from "../../core/text/attempt.js";
import { Failure } from "../../core/text/failure.js";

/**
 * Reads fields out of an engine's answer. An answer that is not what the API promises must not lead to a removal, so
 * each of these throws a Failure of code `engine` that says where, what, and what was expected.
 */
export type Json = Readonly<Record<string, unknown>>;

export function asObject(value: unknown, where: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw unexpected(value, where, "an object");
}

/** An empty one where the field is absent or null. */
export function objectIn(object: Json, field: string, where: string): Json {
  return asObject(object[field] ?? {}, `${where}.${field}`);
}

export function asArray(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw unexpected(value, where, "a list");
}

export function textIn(object: Json, field: string, where: string): string {
  const value = object[field];
  if (typeof value === "string") return value;
  throw unexpected(value, `${where}.${field}`, "a text");
}

/** An empty text where the field is absent or null. */
export function optionalTextIn(object: Json, field: string, where: string): string {
  return object[field] === undefined || object[field] === null ? "" : textIn(object, field, where);
}

/** A whole number that JavaScript holds exactly. */
export function integerIn(object: Json, field: string, where: string): number {
  const value = object[field];
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw unexpected(value, `${where}.${field}`, "a whole number");
}

/** Null where the field is absent or null. */
export function optionalBytesIn(object: Json, field: string, where: string): number | null {
  return object[field] === undefined || object[field] === null ? null : bytesIn(object, field, where);
}

export function bytesIn(object: Json, field: string, where: string): number {
  const bytes = integerIn(object, field, where);
  if (bytes < 0) throw unexpected(bytes, `${where}.${field}`, "a number of bytes");
  return bytes;
}

/** An empty list where the field is absent or null, as engines leave it for images without names. */
export function textsIn(object: Json, field: string, where: string): readonly string[] {
  const value = object[field];
  if (value === undefined || value === null) return noTexts;
  const texts = asArray(value, `${where}.${field}`);
  for (const text of texts) {
    if (typeof text !== "string") throw unexpected(text, `${where}.${field}`, "a list of texts");
  }
  return texts as readonly string[];
}

const noTexts: readonly string[] = [];

/** An empty table where the field is absent or null. */
export function textTableIn(object: Json, field: string, where: string): Readonly<Record<string, string>> {
  const value = object[field];
  if (value === undefined || value === null) return emptyTable;
  const table = asObject(value, `${where}.${field}`);
  for (const text of Object.values(table)) {
    if (typeof text !== "string") throw unexpected(text, `${where}.${field}`, "a table of texts");
  }
  return table as Readonly<Record<string, string>>;
}

const emptyTable: Readonly<Record<string, string>> = {};

export function unexpected(value: unknown, where: string, expected: string): Failure {
  return new Failure(
    "engine",
    `The engine's answer cannot be trusted: ${where} is ${shown(value)}, expected ${expected}.`,
  );
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  return attempt(() => JSON.stringify(value).slice(0, 80), "nested deeper than can be shown");
}
