import { sharesOf, type Traffic } from '../model/traffic.ts';
import type { Breach, ChangeRule, ReleaseChange } from './rule.ts';

/**
 * A canary's weight rises by no more than the settings allow; nor does its share when it is made the primary. A version
 * that becomes the primary without having been the canary isn't judged: it looks the same as the way back.
 */
export const stepTooLarge: ChangeRule = {
  id: 'step-too-large',
  severity: 'error',
  about: 'change',
  check: findLargeSteps,
};

function findLargeSteps({ before, after, settings }: ReleaseChange): readonly Breach[] {
  const { maxStep } = settings.rollout;
  if (maxStep === undefined) return [];
  const promoted = before.traffic.canary?.version === after.traffic.primary;
  const rising = [
    ...(after.traffic.canary ? [{ version: after.traffic.canary.version, path: '/routes/canary/weight' }] : []),
    ...(promoted ? [{ version: after.traffic.primary, path: '/routes/primary/version' }] : []),
  ];
  return rising.flatMap(({ version, path }) => {
    const [from, to] = [shareOf(version, before.traffic), shareOf(version, after.traffic)];
    if (to - from <= maxStep) return [];
    return [
      {
        path,
        message: `"${version}" goes from ${from}% to ${to}% of the traffic in one step; the settings allow ${maxStep} (rollout.maxStep): go to ${from + maxStep}% first`,
        ...(path === '/routes/canary/weight' ? { replacement: String(from + maxStep) } : {}),
      },
    ];
  });
}

function shareOf(version: string, traffic: Traffic): number {
  return sharesOf(traffic).find(([name]) => name === version)?.[1] ?? 0;
}
