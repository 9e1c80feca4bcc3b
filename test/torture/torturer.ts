/** Does to the members and their servers what the schedule says, and counts what took place. */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiKey } from '../faults/kafka-frames';
import type { PlannedFault } from '../faults/fault-plan';
import type { Member } from './members';
import { nameOf, type MemberFault, type Step, type TortureFault } from './schedule';
import type { Server, TortureServers } from './servers';

const NOBODY_UP_PATIENCE_MS = 20_000;
/** a server that was killed comes back in so long */
const CALM_PATIENCE_MS = 120_000;
const UPLOAD_PATIENCE_MS = 2_500;
/** a member that was told to end has so long to upload what it holds */
const DRAIN_PATIENCE_MS = 20_000;

export class Torturer {
  /** faults that took place, by name */
  readonly counts = new Map<string, number>();
  /** SIGTERM under faults, and how it ended: an exit code, or "killed" behind the patience */
  readonly stops = new Map<string, number>();
  readonly #members: readonly Member[];
  readonly #servers: TortureServers;
  readonly #logFile: string;
  /** what goes on beside the schedule, and what it is */
  readonly #underWay = new Map<Promise<unknown>, string>();
  readonly #down = new Set<Server>();
  readonly #failed = new AbortController();
  readonly #began = performance.now();

  constructor(members: readonly Member[], servers: TortureServers, logFile: string) {
    this.#members = members;
    this.#servers = servers;
    this.#logFile = logFile;
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Until so many faults took place, or the signal is aborted. @throws Error when a server does not come back */
  async run(steps: Generator<Step, never>, faults: number, signal: AbortSignal): Promise<void> {
    while (this.total < faults && !signal.aborted) {
      const { afterMs, awaitsUpload, fault } = steps.next().value;
      await sleep(afterMs);
      if (awaitsUpload) await this.#upload();
      this.#failed.signal.throwIfAborted();
      this.#log(JSON.stringify(fault));
      await this.#apply(fault);
    }
  }

  /** No further faults: resolves when what was begun is over, and who is to be up is being started. */
  async calm(): Promise<void> {
    for (const { kafkaProxy, bucketProxy } of this.#members) {
      kafkaProxy.clearFaults();
      bucketProxy.clearFaults();
    }
    const deadline = performance.now() + CALM_PATIENCE_MS;
    while (this.#underWay.size > 0) {
      await Promise.race([Promise.all(this.#underWay.keys()), sleep(1_000)]);
      this.#failed.signal.throwIfAborted();
      if (performance.now() > deadline)
        throw new Error(`It does not become calm: ${[...this.#underWay.values()].join(', ')}`);
    }
    this.#log('calm');
  }

  async #upload(): Promise<void> {
    const deadline = performance.now() + UPLOAD_PATIENCE_MS;
    for (const before = this.#uploads; this.#uploads === before && performance.now() < deadline;) await sleep(20);
  }

  get #uploads(): number {
    return this.#members.reduce((sum, { uploads }) => sum + uploads, 0);
  }

  async #apply(fault: TortureFault): Promise<void> {
    if (fault.kind === 'broker kill' || fault.kind === 'broker restart') {
      this.#hitServer(this.#servers.broker, fault, fault.kind === 'broker kill');
    } else if (fault.kind === 'bucket kill') {
      this.#hitServer(this.#servers.bucket, fault, true);
    } else if (fault.kind === 'join') {
      this.#join(fault);
    } else if (fault.kind === 'bucket storm') {
      const storms = this.#members.map(({ bucketProxy }) => bucketProxy.plan(fault.fault, { times: Infinity }));
      this.#begin(
        fault,
        sleep(fault.ms).then(() => storms.forEach((storm) => storm.cancel())),
      );
      this.#count(fault);
    } else {
      const member = await this.#upMember(fault.slot);
      if (member !== null) this.#hitMember(member, fault);
    }
  }

  #join(fault: TortureFault): void {
    const joining = this.#members.find(({ isWanted }) => !isWanted);
    if (joining === undefined) return;
    joining.start();
    this.#count(fault);
  }

  #hitMember(member: Member, fault: MemberFault): void {
    switch (fault.kind) {
      case 'kill':
        this.#begin(
          fault,
          member.kill(true).then(() => this.#startAfter(member, fault.downMs)),
        );
        break;
      case 'stop':
        this.#begin(
          fault,
          this.#stop(member, true).then(() => this.#startAfter(member, fault.downMs)),
        );
        break;
      case 'leave':
        if (this.#members.filter(({ isWanted }) => isWanted).length < 2) return;
        this.#begin(fault, fault.kills ? member.kill(false) : this.#stop(member, false));
        break;
      case 'pause':
        this.#begin(fault, member.pause(fault.ms));
        break;
      case 'crash':
        member.crashWorker();
        break;
      case 'clock jump':
        member.jumpClock(fault.ms);
        break;
      case 'connections cut':
        member.kafkaProxy.cutAll();
        member.bucketProxy.cutAll();
        break;
      case 'kafka request': {
        const { api, skip } = fault;
        this.#countWhenMet(
          fault,
          member.kafkaProxy.plan(fault.fault, { matches: ({ apiKey }) => apiKey === ApiKey[api], skip }),
        );
        return;
      }
      case 'bucket request': {
        const { verb, times } = fault;
        this.#countWhenMet(
          fault,
          member.bucketProxy.plan(fault.fault, { matches: (each) => each.verb === verb, times }),
        );
        return;
      }
    }
    this.#count(fault);
  }

  #hitServer(server: Server, fault: TortureFault & { readonly downMs: number }, kills: boolean): void {
    if (this.#down.has(server)) return;
    this.#down.add(server);
    const restart = async (): Promise<void> => {
      await (kills ? server.kill() : server.stop());
      await sleep(fault.downMs);
      await server.start();
      this.#down.delete(server);
    };
    this.#begin(fault, restart());
    this.#count(fault);
  }

  async #stop(member: Member, isBack: boolean): Promise<void> {
    const { logFile } = member;
    const asked = performance.now();
    const exitCode = await member.stop(isBack, DRAIN_PATIENCE_MS);
    const how = exitCode === null ? 'killed' : `exit code ${exitCode}`;
    this.#log(`asked to end, ${how} after ${Math.round(performance.now() - asked)} ms: ${logFile}`);
    this.stops.set(how, (this.stops.get(how) ?? 0) + 1);
  }

  async #startAfter(member: Member, ms: number): Promise<void> {
    await sleep(ms);
    if (member.isWanted) member.start();
  }

  async #upMember(slot: number): Promise<Member | null> {
    const deadline = performance.now() + NOBODY_UP_PATIENCE_MS;
    while (performance.now() < deadline) {
      for (let at = 0; at < this.#members.length; at += 1) {
        const member = this.#members[(slot + at) % this.#members.length];
        if (member?.isUp === true) return member;
      }
      await sleep(50);
    }
    return null;
  }

  #begin(fault: TortureFault, work: Promise<unknown>): void {
    const tracked = work.catch((thrown: unknown) => this.#failed.abort(thrown));
    this.#underWay.set(tracked, JSON.stringify(fault));
    void tracked.finally(() => this.#underWay.delete(tracked));
  }

  #count(fault: TortureFault): void {
    const name = nameOf(fault);
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  #countWhenMet(fault: TortureFault, planned: PlannedFault): void {
    void planned.met.then(() => {
      this.#count(fault);
      this.#log(`met: ${nameOf(fault)}`);
    });
  }

  #log(line: string): void {
    const at = ((performance.now() - this.#began) / 1_000).toFixed(2);
    appendFileSync(this.#logFile, `${new Date().toISOString()} ${at} ${line}\n`);
  }
}
