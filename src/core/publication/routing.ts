import type { Destination, Routing } from '../targets/target.ts';
import { isReady, isThere, type PublicationSituation } from './situation.ts';

type Canary = NonNullable<Routing['canary']>;
type Header = NonNullable<Routing['header']>;
type Shadow = NonNullable<Routing['shadow']>;

/**
 * The roles to publish next: desired's, but each version by a destination, and with no more traffic, than is open.
 * Undefined: no routes yet.
 */
export function nextRouting(situation: PublicationSituation): Routing | undefined {
  const { before, desired } = situation;
  const wanted = desired.routing;
  if (!wanted) return undefined;
  const canary = nextCanary(situation, wanted.canary);
  const shadow = nextShadow(situation, wanted.shadow);
  const header = nextHeader(situation, wanted.header);
  const primary = nextPrimary(situation, wanted.primary, 100 - (canary?.weight ?? 0));
  if (primary) return distinctRoles({ primary, canary, header, shadow }, wanted);
  if (!before) return undefined;

  // The primary stays. What there is of the one to come stays too, as a canary; else the canary may go ahead.
  const isCanary = before.canary?.destination.version === wanted.primary.version;
  const tested = isCanary ? { canary: before.canary, header: before.header } : { canary, header };
  return distinctRoles({ primary: before.primary, ...tested, shadow }, wanted);
}

interface Roles {
  readonly primary: Destination;
  readonly canary: Canary | undefined;
  readonly header: Header | undefined;
  readonly shadow: Shadow | undefined;
}

/** A canary that is the primary for the time being, under this name or another, is none; unless desired has it so. */
function distinctRoles({ primary, canary, header, shadow }: Roles, wanted: Routing): Routing {
  const isOther = (role: Canary | Header, asWanted: Canary | Header | undefined) => {
    return !isSame(role.destination, primary) || (asWanted && isSame(asWanted.destination, wanted.primary));
  };
  return {
    primary,
    ...(canary && isOther(canary, wanted.canary) ? { canary } : {}),
    ...(header && isOther(header, wanted.header) ? { header } : {}),
    ...(shadow ? { shadow } : {}),
  };
}

function isSame(a: Destination, b: Destination): boolean {
  return a.version === b.version || a.key === b.key;
}

/**
 * Whether a destination may get what `gives` looks for: it exists outside, it has that much in the published routes,
 * or it is in every pending workloads tree and was ready, or has that much in a pending route already.
 */
function isOpen(
  situation: PublicationSituation,
  destination: Destination,
  gives: (routing: Routing) => boolean,
): boolean {
  const { before, routings } = situation;
  if (before && gives(before)) return true;
  if (!isThere(situation, destination)) return false;
  return routings.some(gives) || isReady(situation, destination.deployment);
}

/** Destinations by which a version may be reached: desired's, and that of the published routes. */
function waysTo({ before }: PublicationSituation, wanted: Destination): readonly Destination[] {
  const old = [before?.primary, before?.canary?.destination, before?.header?.destination].find(
    (destination) => destination?.version === wanted.version,
  );
  return [wanted, ...(old ? [old] : [])];
}

function nextPrimary(situation: PublicationSituation, wanted: Destination, share: number): Destination | undefined {
  const open = waysTo(situation, wanted).find((way) => isOpen(situation, way, (routing) => takes(routing, way, share)));
  if (open) return open;
  const primary = situation.before?.primary;
  return primary?.version === wanted.version ? primary : undefined; // what the canary doesn't take was its own before
}

function nextCanary(situation: PublicationSituation, wanted: Canary | undefined): Canary | undefined {
  if (!wanted) return undefined;
  const { weight } = wanted;
  const open = waysTo(situation, wanted.destination).find((way) => {
    return isOpen(situation, way, (routing) => takes(routing, way, weight));
  });
  if (open) return { destination: open, weight };
  return ofVersion(situation.before?.canary, wanted);
}

function nextHeader(situation: PublicationSituation, wanted: Header | undefined): Header | undefined {
  if (!wanted) return undefined;
  const match = JSON.stringify(wanted.match);
  const open = waysTo(situation, wanted.destination).find((way) => {
    return isOpen(situation, way, ({ header }) => {
      return header?.destination.key === way.key && JSON.stringify(header.match) === match;
    });
  });
  if (open) return { destination: open, match: wanted.match };
  return ofVersion(situation.before?.header, wanted);
}

function nextShadow(situation: PublicationSituation, wanted: Shadow | undefined): Shadow | undefined {
  if (!wanted) return undefined;
  const before = ofVersion(situation.before?.shadow, wanted);
  const ways = [wanted.destination, ...(before ? [before.destination] : [])];
  const open = ways.find((way) => {
    return isOpen(situation, way, ({ shadow }) => {
      return shadow?.destination.key === way.key && shadow.percentage >= wanted.percentage;
    });
  });
  return open ? { destination: open, percentage: wanted.percentage } : before;
}

/** The role that the same version has already. */
function ofVersion<T extends { readonly destination: Destination }>(before: T | undefined, wanted: T): T | undefined {
  return before?.destination.version === wanted.destination.version ? before : undefined;
}

/** Whether a routing gives a destination that share or more; one at weight 0 has a share of 0. */
function takes({ primary, canary }: Routing, { key }: Destination, share: number): boolean {
  const shares = [
    ...(primary.key === key ? [100 - (canary?.weight ?? 0)] : []),
    ...(canary?.destination.key === key ? [canary.weight] : []),
  ];
  return shares.length > 0 && shares.reduce((sum, each) => sum + each, 0) >= share;
}
