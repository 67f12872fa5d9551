// Places for streams: a key has so many, a person's oldest gives way to their newest, and no tenant takes what others would need.
import { describe, expect, it } from 'vitest';
import { OpenStreams, type StreamOwner } from './open-streams.ts';
import { Problem } from './problem.ts';

const key = (tenant: string, id = 'key'): StreamOwner => ({ kind: 'key', tenant, id });
const person = (id: string, tenant = 'default'): StreamOwner => ({ kind: 'person', tenant, id });
const silent = () => {};

/** What it throws once there is no place. */
function fill(
  places: OpenStreams,
  owner: (n: number) => StreamOwner,
  max = 20_000,
): { taken: number; problem: Problem } {
  for (let taken = 0; taken < max; taken++)
    try {
      places.take(owner(taken), silent);
    } catch (problem) {
      if (problem instanceof Problem) return { taken, problem };
      throw problem;
    }
  throw new Error('it takes any number');
}

describe('places for streams', () => {
  it('of one key come to an end, and those of others do not', () => {
    const places = new OpenStreams();
    const { taken, problem } = fill(places, () => key('default'));
    expect([taken, problem.code, problem.message]).toEqual([
      300,
      'rate_limited',
      'This key has 300 streams open on this node, as many as one may have.',
    ]);
    expect(problem.more.next).toMatch(/another key/);
    places.take(key('default', 'another'), silent);
    places.take(key('other'), silent);
    places.take(person('key'), silent); // a person by that name is somebody else
  });

  it('of one person move on: the oldest gives way', () => {
    const places = new OpenStreams();
    const ended: number[] = [];
    for (let n = 0; n < 13; n++) places.take(person('ana'), () => ended.push(n));
    places.take(person('ana', 'other'), silent);
    places.take(person('bo'), silent);
    expect(ended).toEqual([0, 1, 2]);
  });

  it('are given back once, also by whoever had given way', () => {
    const places = new OpenStreams(4); // of which a tenant gets two
    const leave = places.take(key('default', '1'), silent);
    places.take(key('default', '2'), silent);
    const isFull = () => {
      try {
        places.take(key('default', '3'), silent)();
        return false;
      } catch {
        return true;
      }
    };
    expect(isFull()).toBe(true);
    leave();
    expect(isFull()).toBe(false);
    places.take(key('default', '4'), silent);
    leave();
    expect(isFull()).toBe(true);
  });

  it('are not all for one tenant, nor for two: half of what the others leave', () => {
    const places = new OpenStreams(1_000);
    const taken = ['a', 'b', 'c', 'd'].map((tenant) => fill(places, (n) => person(`${n}`, tenant)).taken);
    expect(taken).toEqual([500, 250, 125, 63]);
    const { problem } = fill(places, (n) => person(`new ${n}`, 'a'));
    expect([problem.code, problem.message]).toEqual([
      'rate_limited',
      'This tenant has 500 streams open on this node, as many as are left for others.',
    ]);
    // Who has ten already gets an eleventh in the place of the first, however full it is.
    const full = new OpenStreams(20);
    for (let n = 0; n < 10; n++) full.take(person('ana'), silent);
    fill(full, (n) => person(`${n}`, 'other'));
    expect(() => full.take(person('ana'), silent)).not.toThrow();
  });
});
