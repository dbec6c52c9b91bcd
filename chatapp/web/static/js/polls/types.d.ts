/** A poll on the wire. `voters` are the first 20, and nobody in an anonymous poll. `mine` are numbers of options. */
export interface Poll {
  question: string;
  options: { text: string; votes: number; voters: string[] }[];
  voterCount: number;
  isMultiple: boolean;
  isAnonymous: boolean;
  closesAt?: string;
  closedAt?: string;
  mine?: number[];
}

/** A poll that is to be created. `closesAt` is ISO 8601, UTC. */
export interface NewPoll {
  question: string;
  options: string[];
  isMultiple: boolean;
  isAnonymous: boolean;
  closesAt?: string;
}
