/** Reads the CPU seconds and resident bytes of a process and its children from /proc. */
import { readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100; // sysconf(_SC_CLK_TCK) of every Linux that Node runs on
const UTIME = 11; // index into /proc/<pid>/stat, counted from the state, which follows the name in parentheses
const STIME = 12;

/** Returns the CPU seconds, user and system, of the process and its running children. */
export function cpuSeconds(pid) {
  return familyOf(pid).reduce((sum, each) => sum + cpuOf(each), 0);
}

/** Returns the resident bytes of the process and its children. */
export function residentBytes(pid) {
  return familyOf(pid).reduce((sum, each) => sum + residentOf(each), 0);
}

function cpuOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[UTIME]) + Number(fields[STIME])) / TICKS_PER_SECOND;
}

function residentOf(pid) {
  return Number(readFileSync(`/proc/${pid}/status`, "latin1").match(/VmRSS:\s+(\d+) kB/)[1]) * 1024;
}

function familyOf(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").split(" ").filter(Boolean);
  return [pid, ...children.flatMap(familyOf)];
}
