import { Failure } from "../../src/core/text/failure.js";

/** The Failure that a call throws; anything else, and nothing, fails the test. */
export function failureOf(call: () => unknown): Failure {
  try {
    call();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("It was expected to fail, and did not.");
}

/** The Failure that a promise is rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("It was expected to fail, and did not.");
}
