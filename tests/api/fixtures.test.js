// Fixtures of one's own, --check, and the mistakes in them.

import assert from 'node:assert/strict';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client } from '../lib/client.js';
import { refuses } from '../lib/refuses.js';
import { runBinary, startServer, tempDir } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));

describe('fixtures', () => {
  const copy = () => {
    const folder = tempDir();
    cpSync(FIXTURES, folder, { recursive: true });
    return folder;
  };
  const change = (folder, name, how) => {
    const file = join(folder, name);
    const value = JSON.parse(readFileSync(file, 'utf8'));
    how(value);
    writeFileSync(file, JSON.stringify(value));
    return folder;
  };

  test('--check: the embedded fixtures and those of the project are valid', async () => {
    for (const args of [['--check'], ['--check', '--fixtures', FIXTURES], ['--check', '--fixtures', copy()]]) {
      const { code, stderr } = await runBinary(args);
      assert.equal(code, 0, stderr);
    }
  });

  test('--check leaves no database behind', async () => {
    const folder = tempDir();
    const db = join(folder, 'mock.db');
    assert.equal((await runBinary(['--check', '--db', db])).code, 0);
    assert.equal(existsSync(db), false);
  });

  test('--check tells what a start could not write, and makes nothing', async () => {
    const folder = tempDir();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const check = (...args) => runBinary(['--check', ...args], { cwd: folder });
    for (const args of [['--db', `${folder}/x.db`, '--report', `${folder}/a/b/c/`], ['--db', 'x.db', '--report', 'a/b'], ['--db', file],
      ['--ready-file', file], ['--ready-file', '/dev/stdout'], ['--ready-file', 'ready']]) {
      assert.deepEqual(await check(...args), { code: 0, signal: null, stdout: 'the fixtures are valid\n', stderr: '' }, args.join(' '));
    }
    assert.deepEqual(readdirSync(folder), ['file']);
    const wrong = [
      ['--db', folder, 'Is a directory'], ['--db', `${folder}/no/x.db`, 'No such file or directory'],
      ['--db', `${file}/x.db`, 'Not a directory'],
      ['--ready-file', folder, 'Is a directory'], ['--ready-file', `${folder}/no/x`, 'No such file or directory'],
      ['--report', file, 'Not a directory'], ['--report', `${file}/a/b`, 'Not a directory'],
    ];
    for (const [option, path, why] of wrong) {
      const { code, stdout, stderr } = await check(option, path);
      assert.deepEqual([code, stdout, stderr], [2, '', `milkypay-mock: ${option} ${path}: ${why}\n`]);
    }
    const { stderr } = await check('--db', folder, '--ready-file', folder, '--report', file, '--catalogue', '/no/such');
    assert.deepEqual(stderr.match(/--[-a-z]+/g), ['--catalogue', '--db', '--ready-file', '--report'], stderr);
  });

  const bad = [
    ['no JSON', (folder) => writeFileSync(join(folder, 'default.json'), '{"methods": [,]}'), ['default.json']],
    ['half a file', (folder) => writeFileSync(join(folder, 'scenarios.json'), '{"rules": ['), ['scenarios.json']],
    [
      'a byte order mark',
      (folder) => writeFileSync(join(folder, 'scenarios.json'), '\ufeff{}'),
      ['scenarios.json', 'starts with a byte order mark: save it without the mark'],
    ],
    ['a list', (folder) => writeFileSync(join(folder, 'test-cards.json'), '[]'), ['test-cards.json']],
    [
      'an unknown key at the top',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.surprise = 1;
        }),
      ['default.json', 'surprise'],
    ],
    [
      'an unknown key of a service',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.services[1].surprise = 1;
        }),
      ['default.json', 'services', '1', 'surprise'],
    ],
    [
      'a service without a code',
      (folder) =>
        change(folder, 'default.json', (d) => {
          delete d.services[2].code;
        }),
      ['default.json', 'services', '2', 'code'],
    ],
    [
      'two services of one code',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.services[3].code = d.services[1].code;
        }),
      ['default.json', 'services', '3'],
    ],
    [
      'an amount as text',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.services[1].amount_min = 'little';
        }),
      ['default.json', 'services', '1', 'amount_min'],
    ],
    [
      'a service of an unknown method',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.services[1].method = 'nonsense';
        }),
      ['default.json', 'services', '1', 'method'],
    ],
    [
      'a flag as text',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.services[1].available = 'yes';
        }),
      ['default.json', 'services', '1', 'available'],
    ],
    [
      'a pattern that is none',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.fields[0].regexp = '([';
        }),
      ['default.json', 'regexp'],
    ],
    [
      'a key of another type',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.accounts[0].api_key = 5;
        }),
      ['default.json', 'accounts', '0', 'api_key'],
    ],
    [
      'an account id that is none',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.accounts[0].id = 'demo';
        }),
      ['default.json', 'accounts', '0', 'id'],
    ],
    [
      'an unknown setting',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.accounts[0].settle_after = 5;
        }),
      ['default.json', 'accounts', '0', 'settle_after'],
    ],
    [
      'a setting of another type',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.accounts[0].settle_after_ms = 'soon';
        }),
      ['default.json', 'accounts', '0', 'settle_after_ms'],
    ],
    [
      'a callback URL that cannot be called',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.accounts[0].callback_url = 'http://127.0.0.1:99999/';
        }),
      ['default.json', 'accounts', '0', 'callback_url'],
    ],
    [
      'an unknown outcome of an account',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.accounts[0].outcome = 'nonsense';
        }),
      ['default.json', 'accounts', '0', 'outcome', 'nonsense'],
    ],
    [
      'an unknown outcome of a rule',
      (folder) =>
        change(folder, 'scenarios.json', (d) => {
          d.rules[4].outcome = 'process_failed:nonsense';
        }),
      ['scenarios.json', 'rules', '4', 'outcome', 'nonsense'],
    ],
    [
      'an unknown field to match',
      (folder) =>
        change(folder, 'scenarios.json', (d) => {
          d.rules[0].match = { colour: 'red' };
        }),
      ['scenarios.json', 'rules', '0', 'colour'],
    ],
    [
      'an unknown outcome of a card',
      (folder) =>
        change(folder, 'test-cards.json', (d) => {
          d.cards[0].outcomes = { '*': 'nonsense' };
        }),
      ['test-cards.json', 'cards', '0', 'nonsense'],
    ],
    [
      'a card number that is none',
      (folder) =>
        change(folder, 'test-cards.json', (d) => {
          d.cards[1].number = 'x';
        }),
      ['test-cards.json', 'cards', '1', 'number'],
    ],
    [
      'an unknown table of a card',
      (folder) =>
        change(folder, 'test-cards.json', (d) => {
          d.cards[2].outcomes = 'no_such_table';
        }),
      ['test-cards.json', 'cards', '2', 'no_such_table'],
    ],
  ];
  for (const [what, spoil, words] of bad) {
    test(`rejected: ${what}`, async () => {
      const folder = copy();
      spoil(folder);
      await refuses(['--check', '--fixtures', folder], words);
      await refuses(['--listen', '127.0.0.1:0', '--fixtures', folder], words);
    });
  }

  test('every mistake of every file is told at once, by --check and by a start', async () => {
    const folder = tempDir();
    const rules = [{ match: { amount: 1 }, outcome: 'paid' }, { match: { amount: 2 }, outcom: 'processed' }];
    writeFileSync(join(folder, 'scenarios.json'), JSON.stringify({ rules }));
    writeFileSync(join(folder, 'rates.json'), '{"base": "EUR"');
    const profile = join(folder, 'shapes');
    writeFileSync(profile, '{"profile": "2020"}');
    for (const args of [['--check'], ['--listen', '127.0.0.1:0']]) {
      const { code, stdout, stderr } = await runBinary([...args, '--fixtures', folder, '--profile-file', profile]);
      assert.deepEqual([code, stdout], [2, '']);
      assert.deepEqual(stderr.replace(/(column \d+: ).*/, '$1…').trim().split('\n'), [
        `${folder}/scenarios.json: rules[0].outcome: unknown status "paid"; did you mean processed?`,
        `${folder}/scenarios.json: rules[1].outcome: This value should not be blank.`,
        `${folder}/scenarios.json: rules[1].outcom: This field was not expected. Did you mean outcome?`,
        `${folder}/rates.json: line 1 column 14: …`,
        `${profile}: must be {"profile": NAME, "documents": {..}}`,
      ].map((line) => `milkypay-mock: ${line}`));
    }
  });

  test('--check tells every mistake: of options, of variables and of files', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'rates.json'), '[]');
    const options = ['--listen', '8081', '--settle-after', 'foo', '--lisen', '1', '--db', '--tls-cert', '/no/such'];
    const run = (args, env) => runBinary(args, { env: { MILKYPAY_SEED: 'x', MILKYPAY_JOURNAL: 'x', ...env } });
    const files = ['--fixtures', folder, '--catalogue', '/no/such'];
    const checks = [
      [['--check', ...options, ...files]], [[...options, ...files, '--check']],
      [[...options, ...files], { MILKYPAY_CHECK: '1' }], [['exec', ...options, ...files, '--check', '--', 'true']],
    ];
    for (const [args, env] of checks) {
      const { code, stdout, stderr } = await run(args, env);
      assert.deepEqual([code, stdout], [2, '']);
      assert.deepEqual(stderr.trim().split('\n').map((line) => line.split(': ')[1]), ['--listen', '--settle-after', '--lisen',
        '--db', '--tls-cert', 'MILKYPAY_SEED', 'MILKYPAY_JOURNAL', '--tls-cert', `${folder}/rates.json`, '--catalogue /no/such'], stderr);
    }
    const { code, stderr } = await run(options);
    assert.deepEqual([code, stderr], [2, 'milkypay-mock: --listen: "8081" must be HOST:PORT, e.g. 127.0.0.1:8081\n']);
  });

  test('a -- behind the command of exec is not repeated', async () => {
    const { code, stderr } = await runBinary(['exec', '--strict', 'node', '--', '--test']);
    const wanted = 'milkypay-mock: "node": put -- before the command: exec [options] -- node --test\n';
    assert.deepEqual([code, stderr], [2, wanted]);
  });

  test('a longer command of exec is not shown as if it were whole', async () => {
    const { stderr } = await runBinary(['exec', '--strict', 'python3', '-m', 'unittest', '-q']);
    assert.equal(stderr, 'milkypay-mock: "python3": put -- before the command: exec [options] -- python3 -m ...\n');
  });

  test('a value of --strict stands in the same word', async () => {
    const { code, stderr } = await runBinary(['exec', '--strict', 'all', '--', 'true']);
    assert.deepEqual([code, stderr], [2, 'milkypay-mock: "all": did you mean --strict=all?\n']);
  });

  test('commands of other programs', async () => {
    const serves = 'milkypay-mock [options]', wraps = 'exec [options] -- COMMAND';
    for (const [word, hint] of [['serve', serves], ['start', serves], ['run', `${serves}, or ${wraps}`], ['test', wraps],
      ['version', '--version'], ['help', '--help'], ['exce', 'exec'], ['check', '--check']]) {
      await refuses([word], [`milkypay-mock: "${word}": unexpected argument; did you mean ${hint}?`]);
    }
  });

  test('a folder or file that cannot be read is refused with its option', async () => {
    for (const option of ['--fixtures', '--catalogue', '--profile-file']) {
      const { code, stderr } = await runBinary(['--check', option, '/no/such/thing']);
      assert.deepEqual([code, stderr],
        [2, `milkypay-mock: ${option} /no/such/thing: No such file or directory\n`]);
    }
  });

  test('a folder without fixtures gives a warning: its own folder of them may be meant', async () => {
    const folder = tempDir();
    mkdirSync(join(folder, 'fixtures'));
    const { code, stdout, stderr } = await runBinary(['--check', '--fixtures', folder]);
    assert.deepEqual([code, stdout], [0, 'the fixtures are valid; 1 warning on stderr\n']);
    assert.match(stderr, new RegExp(`warn {2}no_fixtures dir=${folder} text="the folder has none of .*default.json.*: the built-in ones are used`));
  });

  test('a file with a misspelt name is refused; others that nothing reads give a warning', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'scenario.json'), '{}');
    const wanted = [folder, 'scenario.json: nothing reads this file; did you mean scenarios.json?'];
    await refuses(['--check', '--fixtures', folder], wanted);
    await refuses(['--listen', '127.0.0.1:0', '--fixtures', folder], wanted);
    rmSync(join(folder, 'scenario.json'));
    copyFileSync(join(FIXTURES, 'rates.json'), join(folder, 'rates.json'));
    for (const name of ['cards.json', 'scenarios.yaml', 'README.md', '.hidden.json']) writeFileSync(join(folder, name), '');
    const { code, stdout, stderr } = await runBinary(['--check', '--fixtures', folder]);
    assert.deepEqual([code, stdout], [0, 'the fixtures are valid; 2 warnings on stderr\n']);
    assert.deepEqual(stderr.match(/unknown_fixture.*/g), [
      'unknown_fixture file=cards.json text="nothing reads it"',
      'unknown_fixture file=scenarios.yaml text="nothing reads it: the name must end in .json"',
    ]);
    for (let i = 0; i < 12; i++) writeFileSync(join(folder, `shop-${i}.json`), '');
    const many = (await runBinary(['--check', '--fixtures', folder])).stderr.match(/unknown_fixture.*/g);
    assert.deepEqual([many.length, many.at(-1)], [11, 'unknown_fixture more=4']);
  });

  test('rules for a service or a currency that there is not give a warning', async () => {
    const folder = tempDir();
    copyFileSync(join(FIXTURES, 'scenarios.json'), join(folder, 'scenarios.json'));
    const rule = (match) => ({ match, outcome: 'process_failed' });
    change(folder, 'scenarios.json', (d) => {
      d.rules = [
        rule({ service: 'payment_card_usd_hp' }),
        { ...rule({ currency: 'USX', amount: 1 }), name: 'test money' },
        rule({ service: { glob: 'pay_card_*' } }),
        rule({ service: { glob: 'payment_card_*' }, currency: 'usd' }),
        rule({ reference_id: 'fail-*' }),
        rule({ service: 'test_usd', currency: { glob: 'E?R' } }),
      ];
    });
    const seen = async () => {
      const { code, stderr } = await runBinary(['--check', '--fixtures', folder]);
      assert.equal(code, 0);
      return stderr.match(/unused_rule.*/g);
    };
    assert.deepEqual(await seen(), [
      'unused_rule rule=rules[0] text="there is no service payment_card_usd_hp; did you mean payment_card_usd_hpp?"',
      'unused_rule rule="test money" text="there is no currency USX; did you mean USD?"',
      'unused_rule rule=rules[2] text="there is no service pay_card_*"',
      'unused_rule rule=rules[4] text="* in reference_id is no pattern; write {\\"glob\\": \\"fail-*\\"}"',
    ]);
    change(folder, 'scenarios.json', (d) => { d.rules = Array.from({ length: 14 }, () => rule({ currency: 'USX' })); });
    const many = await seen();
    assert.deepEqual([many.length, many.at(-1)], [11, 'unused_rule more=4']);
  });

  test('are replaced file by file', async () => {
    const folder = tempDir();
    copyFileSync(join(FIXTURES, 'scenarios.json'), join(folder, 'scenarios.json'));
    change(folder, 'scenarios.json', (d) => {
      d.resolutions = ['sun_in_the_eyes'];
      d.rules = [
        { name: 'own', match: { reference_id: { glob: 'sun-*' } }, outcome: 'process_failed:sun_in_the_eyes' },
      ];
    });
    const server = await startServer({ args: ['--fixtures', folder] });
    const demo = new Client(server);
    await demo.freeze();
    const own = await demo.made({ reference_id: 'sun-1' });
    const amount = await demo.made({ amount: 4000.01 });
    const header = await demo.made({}, { headers: { 'X-Mock-Outcome': 'process_failed:sun_in_the_eyes' } });
    await demo.advance(2);
    assert.equal((await demo.attributes(own.id)).resolution, 'sun_in_the_eyes');
    assert.equal((await demo.attributes(amount.id)).status, 'processed', 'the embedded rules are replaced');
    assert.equal((await demo.attributes(header.id)).resolution, 'sun_in_the_eyes');
    const { items } = (await demo.send('GET', '/_mock/resolutions')).expect(200).json;
    assert.deepEqual(items.at(-1), { resolution: 'sun_in_the_eyes', text: null });
    await server.stop();
  });

  test('rules match all their subjects, and the first match wins', async () => {
    const subjects = [
      ['amount', 77.7, { amount: 77.7 }, { amount: 77.71 }],
      ['currency', 'EUR', { service: 'payment_card_eur_hpp', currency: 'EUR' }, {}],
      ['service', { glob: 'googlepay_*' }, { service: 'googlepay_usd_hpp' }, {}],
      ['reference_id', { equals: 'exactly' }, { reference_id: 'exactly' }, { reference_id: 'exactly-not' }],
      ['description', { glob: '*wanted?' }, { description: 'this is wanted!' }, { description: 'this is wanted' }],
      ['customer_email', { glob: '*@bad.example' }, { customer: { reference_id: 'c', email: 'a@bad.example' } },
        { customer: { reference_id: 'd', email: 'a@good.example' } }],
    ];
    for (const [subject, condition, fits, misses] of subjects) {
      const folder = tempDir();
      writeFileSync(join(folder, 'scenarios.json'), JSON.stringify({ resolutions: [], rules: [
        { name: 'first', match: { [subject]: condition }, outcome: 'process_failed:declined' },
        { name: 'second', match: { [subject]: condition }, outcome: 'process_failed:card_expired' },
      ] }));
      const server = await startServer({ args: ['--fixtures', folder] });
      const demo = new Client(server);
      await demo.freeze();
      const one = await demo.made(fits);
      const two = await demo.made(misses);
      await demo.advance(2);
      assert.equal((await demo.attributes(one.id)).resolution, 'declined', subject);
      assert.equal((await demo.attributes(two.id)).status, 'processed', subject);
      await server.stop();
    }
  });

  test('another account', async () => {
    const folder = copy();
    for (const name of ['scenarios.json', 'test-cards.json']) rmSync(join(folder, name));
    change(folder, 'default.json', (d) => {
      d.accounts.push({
        ...d.accounts[0],
        id: 'coma_0123456789abcdef',
        api_key: 'second-key',
        public_key: 'pk_test_second',
        public_live_key: 'pk_live_second',
        secret_key: 'sk_test_second',
        secret_live_key: 'sk_live_second',
        name: 'Second',
      });
    });
    const server = await startServer({ args: ['--fixtures', folder] });
    const second = new Client(server, {
      id: 'coma_0123456789abcdef',
      api_key: 'second-key',
      public_key: 'pk_test_second',
    });
    assert.equal((await second.prerequest({ currency: 'USD' })).expect(200).data.account.name, 'Second');
    const sink = await startSink({ account: { secret_key: 'sk_test_second', secret_live_key: 'sk_live_second' } });
    await second.made({ callback_url: `${sink.url}/c`, test_mode: true });
    await sink.got(1);
    await sink.stop();
    await server.stop();
  });
});
