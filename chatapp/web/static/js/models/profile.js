/** What people show of themselves: their names, a status text, a picture, and a time zone. */

/**
 * @typedef {import("../protocol.js").User} User
 * @typedef {import("../protocol.js").Profile} Profile
 */

/**
 * A list of people that was asked for before a change may arrive after the event that tells of it.
 * @param {User} user as a list has it
 * @param {User | undefined} known
 * @returns {User} with the newer profile of the two
 */
export function withNewestProfile(user, known) {
  return known && revisionOf(known) > revisionOf(user) ? { ...user, ...profileIn(known) } : user;
}

/**
 * @param {User} user
 * @param {Profile} profile
 * @returns {User} the same object if the profile is not newer
 */
export function withProfile(user, profile) {
  return profile.profileRevision > revisionOf(user) ? { ...user, ...profileIn({ ...user, ...profile, picture: profile.picture ?? "", isGuest: profile.isGuest }) } : user;
}

/** @param {User} user */
const revisionOf = (user) => user.profileRevision ?? 0;

/** @param {User} user */
function profileIn({ firstName, lastName, statusText, timeZone, picture, profileRevision, isGuest }) {
  return { firstName, lastName, statusText, timeZone, picture, profileRevision, isGuest };
}
