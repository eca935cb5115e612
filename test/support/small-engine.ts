import { onTestFinished } from "vitest";
import {
  startPracticeEngine,
  type PracticeEngine,
  type PracticeEngineOptions,
} from "../practice-engine/server.js";

/** A practice engine with two images, until the test is over. */
export async function practiceEngine(options: PracticeEngineOptions = {}): Promise<PracticeEngine> {
  const practice = await startPracticeEngine(options);
  onTestFinished(() => practice.close());
  practice.engine.load({ name: "app:1", megabytes: 20 });
  practice.engine.load({ name: "app:2", megabytes: 30 });
  return practice;
}

/** Limits that everything is beyond. */
export const removeAll = ["--quota", "1K", "--grace", "0s", "--keep-recent", "0", "--max-age", "off"];
