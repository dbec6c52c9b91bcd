/** Reads pages of history at random positions, several at a time. */
import { call, inParallel, login } from "./http.js";
import { cpuSeconds } from "./process.js";

const WIDTH = 8;

/**
 * @param session a server whose database was seeded
 * @param {{reader: string, groups: string[], messages: number, limit: number, warmSeconds: number, seconds: number}} plan
 *   `messages` is the number in each group
 */
export async function history(session, plan) {
  const token = await login(session.httpPort, plan.reader);
  const problems = {};
  const pages = (count) => readPages(session, token, plan, count, problems);
  await pages(secondsFrom(plan.warmSeconds));
  const [cpu, start] = [cpuSeconds(session.pid), performance.now()];
  const count = await pages(secondsFrom(plan.seconds));
  return { pages: count, cpu: cpuSeconds(session.pid) - cpu, seconds: (performance.now() - start) / 1000, problems, examples: [] };
}

async function readPages(session, token, plan, isOver, problems) {
  let count = 0;
  await inParallel(WIDTH, WIDTH, async () => {
    while (!isOver()) {
      await readPage(session, token, plan, problems);
      count++;
    }
  });
  return count;
}

async function readPage(session, token, { reader, groups, messages, limit }, problems) {
  const group = groups[Math.floor(Math.random() * groups.length)];
  const before = limit + 1 + Math.floor(Math.random() * (messages - limit));
  const path = `/messages/${reader}/${group}?group=yes&before=${before}&limit=${limit}`;
  const { status, body } = await call(session.httpPort, "GET", path, { token });
  const page = status === 200 ? JSON.parse(body) : [];
  const isCorrect = page.length === limit && page[0].sequence === before - limit && page.at(-1).sequence === before - 1;
  if (!isCorrect) problems.wrongPages = (problems.wrongPages ?? 0) + 1;
}

function secondsFrom(seconds) {
  const end = performance.now() + seconds * 1000;
  return () => performance.now() >= end;
}
