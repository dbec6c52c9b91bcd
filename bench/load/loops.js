/** The two ways to send: when acks arrive (closed loop), and at a fixed rate regardless of acks (open loop). */
import { setTimeout as sleep } from "node:timers/promises";
import { Ledger } from "./ledger.js";
import { cpuSeconds } from "./process.js";

const DRAIN_SECONDS = 15;
const SPIN_BELOW_MS = 2;
const SENDER_STRIDE = 7; // coprime to the group sizes, so that every member sends

/**
 * Each conversation keeps `inFlight` messages in flight. The `seconds` after `warmSeconds` are measured.
 *
 * @returns counts, and the CPU seconds of the server and of this load generator, over the measured time
 */
export async function closedLoop(session, { work, inFlight, warmSeconds, seconds, contentBytes }) {
  const ledger = (session.ledger = new Ledger(contentBytes));
  const sendNext = sender(ledger);
  const conversations = session.conversationsOf(work);
  ledger.onAck = ({ conversation }) => sendNext(conversation, performance.now());
  for (const conversation of conversations) {
    for (let count = 0; count < inFlight; count++) sendNext(conversation, performance.now());
  }
  await sleep(warmSeconds * 1000);
  const before = reading(session, ledger);
  await sleep(seconds * 1000);
  const after = reading(session, ledger);
  ledger.onAck = null;
  await drain(ledger);
  return { ...difference(before, after), ...verdict(session, ledger) };
}

/**
 * Sends `rate` messages a second at even intervals, round robin over the conversations. The latency of a message is
 * counted from the time at which it was due, so that a server that falls behind shows it.
 */
export async function openLoop(session, { work, rate, warmSeconds, seconds, contentBytes }) {
  const ledger = (session.ledger = new Ledger(contentBytes));
  const sendNext = sender(ledger);
  const conversations = session.conversationsOf(work);
  const latencies = [];
  const start = performance.now();
  ledger.onAck = ({ dueAt }) => {
    if (dueAt >= start + warmSeconds * 1000) latencies.push(performance.now() - dueAt);
  };
  const count = Math.max(1, Math.round(rate * (warmSeconds + seconds)));
  const send = (index, dueAt) => sendNext(conversations[index % conversations.length], dueAt);
  await sendPaced(count, start, 1000 / rate, send);
  await drain(ledger);
  latencies.sort((one, two) => one - two);
  return { rate, count: latencies.length, p50: at(latencies, 0.5), p99: at(latencies, 0.99), ...verdict(session, ledger) };
}

/** Returns a function that sends the next message of a conversation; the members send in turn. */
function sender(ledger) {
  return (conversation, dueAt) => {
    const { members } = conversation;
    conversation.turn = (conversation.turn ?? 0) + SENDER_STRIDE;
    ledger.send(conversation, members[conversation.turn % members.length], dueAt);
  };
}

function sendPaced(count, start, interval, send) {
  let index = 0;
  return new Promise((resolve) => {
    const step = () => {
      const now = performance.now();
      while (index < count && start + index * interval <= now) {
        send(index, start + index * interval);
        index++;
      }
      if (index === count) return resolve();
      // A timer has a resolution of a millisecond. If the next message is due sooner, spin on the event loop.
      if (start + index * interval - now < SPIN_BELOW_MS) setImmediate(step);
      else setTimeout(step, 1);
    };
    step();
  });
}

async function drain(ledger) {
  const end = performance.now() + DRAIN_SECONDS * 1000;
  while (!ledger.isComplete() && performance.now() < end) await sleep(5);
  await sleep(20); // leaves time for a second copy to arrive, which would be an error
}

function reading(session, ledger) {
  const own = process.cpuUsage();
  return {
    seconds: performance.now() / 1000,
    cpu: cpuSeconds(session.pid),
    loadCpu: (own.user + own.system) / 1e6,
    messages: ledger.acked,
    deliveries: ledger.deliveries,
  };
}

function difference(before, after) {
  return Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]));
}

function verdict(session, ledger) {
  const problems = ledger.problems();
  if (session.lost > 0) problems.connectionsLost = session.lost;
  return { problems, examples: ledger.examples.slice(0, 3) };
}

function at(sorted, share) {
  return sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
