import { expect, it } from 'vitest';
import { runHere } from './helpers/program.ts';

it.each([
  [['bogus'], 'there is no command "bogus"'],
  [['chek'], 'there is no command "chek"; did you mean check?'],
  [['constructor'], 'there is no command "constructor"'],
  [['try'], 'try: name a monitor of the configuration'],
  [['check', 'more'], 'check takes no "more": leave it out'],
  [['try', 'one', 'two'], 'try takes no "two": leave it out'],
  [['--colour'], 'there is no flag --colour\nserve takes --config.file, --config.check, '],
  [['-x'], 'there is no flag -x\nserve takes '],
  [['-config.fil=a.yml'], 'there is no flag -config.fil; did you mean --config.file?\nserve takes '],
  [['-config.file', 'a.yml'], 'there is no flag -config.file; did you mean --config.file?'],
  [
    ['explain', 'x', '--langage', 'de'],
    'there is no flag --langage; did you mean --language?\nexplain takes --config.file, --flow, --language, --version, --help\n',
  ],
  [['check', '--conect'], 'there is no flag --conect; did you mean --connect?'],
  [['--config-file=a.yml'], 'there is no flag --config-file; did you mean --config.file?'],
  [['--web.listen-adress', ':1'], 'there is no flag --web.listen-adress; did you mean --web.listen-address?'],
  [['check', '--connect=yes'], '--connect takes no value: leave out "yes"'],
  [['try', 'a', '--company'], '--company needs a value: write --company NAME'],
  [['check', '--config.file='], '--config.file needs a value: write --config.file FILE'],
  [
    ['try', 'a', '--company', '--help'],
    '--company needs a value before --help; if that is its value, write --company=--help',
  ],
  [['try', 'a', '--company=b', '--company=c'], '--company is given twice: keep one'],
  [['serve', '--company=a'], 'serve does not take --company; it is for try'],
  [['demo', '--config.file=a.yml'], 'demo does not take --config.file; it is for serve, check'],
  [['check', '--log.level=debug'], 'check does not take --log.level; it is for serve, demo'],
  [['--connect'], 'serve does not take --connect without --config.check'],
  [['explain', 'text', '--language=es'], '--language "es": write one of en, nl, de, fr'],
  [
    ['notify-test', '--alertmanager.url=//u:geheim@h'],
    '--alertmanager.url: is no URL; in a user and password write %40',
  ],
  [['notify-test', '--alertmanager.url=here'], '--alertmanager.url "here": write a whole URL'],
  [['report', '--period=year'], '--period "year": write one of day, week, month'],
  [['report', '--format=pdf'], '--format "pdf": write one of text, html, csv'],
  [['check', '--period=day'], 'check does not take --period; it is for report'],
  [['--log.level=loud'], '--log.level "loud": write one of debug, info, warn, error'],
  [
    ['--web.listen-address=9745'],
    '--web.listen-address "9745": write host:port or :port, such as :9745 or 127.0.0.1:9745',
  ],
  [
    ['--web.external-url=erp'],
    '--web.external-url "erp": write a whole URL, such as https://monitor.example/erp',
  ],
])('answers %j with exit code 2 and what is wrong', async (args, message) => {
  const { status, stdout, stderr } = await runHere(...args);
  expect(stderr).toContain(message);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});

it('takes a text that begins with a dash after --', async () => {
  expect((await runHere('explain', '--', '-5 is no amount')).stdout).toMatch(
    /^unknown-[0-9a-f]{12}: no entry matches/,
  );
});
