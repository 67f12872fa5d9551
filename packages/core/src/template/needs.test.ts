// What is gathered for a template: only what it reads, since some of it is costly to find.
import { describe, expect, it } from 'vitest';
import { templateNeeds } from '../render.ts';

const needs = (...texts: string[]) =>
  templateNeeds({ email: { subject: texts[0] ?? '', text: texts[1] ?? '' } } as Parameters<typeof templateNeeds>[0]);

describe('pages where somebody can act on what else waits for them', () => {
  it.each([
    '{% for one in pending %}{{ one.url }}{% endfor %}',
    '{{ pending[0].url }}',
    '{{ pending.first.url }}',
    '{% assign all = pending %}{{ all[0]["url"] }}',
    '{% assign one = pending | first %}{{ one.url }}',
    "{% for one in pending %}{% part 'row', of: one %}{{ of.url }}{% endpart %}{% endfor %}",
    "{% assign linked = pending | where: 'url' %}{{ linked.size }}",
  ])('are gathered for %s', (text) => {
    expect(needs('Subject', text)).toMatchObject({ pending: true, pages: true });
  });
  it.each([
    '{{ pending.size }}',
    '{% if pending.size > 0 %}{{ subject.url }} {{ button.url }}{% endif %}',
    '{% for one in pending %}{{ one.title }}{% endfor %}',
    '{% for one in pending %}{{ one.title | url_encode }} {{ actions.resolve.url }}{% endfor %} {{ tenant.url }}',
  ])('are not for %s', (text) => {
    expect(needs('Subject', text)).toMatchObject({ pending: true, pages: false });
  });
  it('nor where nothing is read of what waits', () => {
    expect(needs('Subject', '{{ actions.resolve.url }} {{ data.url }}')).toEqual({
      activity: [],
      lastResponse: false,
      pending: false,
    });
  });
});
