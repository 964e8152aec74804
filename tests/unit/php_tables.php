<?php
// What PHP makes of forms, of numeric strings and of numbers in JSON: the tables that test_form.c, test_money.c and
// test_json_out.c are judged by.
//     php tests/unit/php_tables.php parse_str > tests/unit/parse_str.json
//     php tests/unit/php_tables.php is_numeric > tests/unit/is_numeric.json
//     php tests/unit/php_tables.php json_encode > tests/unit/json_encode.json
// tests/api/forms.test.js compares the stored tables with what the installed php says.

ini_set('serialize_precision', '-1');

/** Rows that PHP drops or cuts short are no rows: the server refuses these, and test_form.c lists them. */
function php_drops(string $text): bool
{
    foreach (explode('&', $text) as $pair) {
        $name = ltrim(urldecode(explode('=', $pair, 2)[0]), ' ');
        if ($pair !== '' && ($name === '' || $name[0] === '[' || str_contains(urldecode($pair), "\0"))) {
            return true;
        }
    }
    return false;
}

function forms(): array
{
    $names = ['a', 'a[]', 'a[0]', 'a[1]', 'a[2]', 'a[k]', 'a[][]', 'a[][x]', 'a[0][]', 'a[0][x]', 'a[k][]', 'a[k][l]', 'a[[]',
        'a[[k]', 'a[k]]', 'a[]]', 'a]', 'a]k', 'a[', 'a[k', 'a[[', 'a[k[', 'a[k[l', 'a[k[l]', 'a[k[l]]', 'a[k][', 'a[k][l', 'a[][',
        'a[][k', 'a[k]l', 'a[k]l[m]', 'a[]l', 'a[].l', 'a.b', 'a..b', '.a', 'a.', 'a b', 'a+b', ' a', '++a', 'a ', 'a.b[c.d]', 'a b[c d]',
        'a[b.c', 'a[b c[d', 'a.b[c', 'a[ ]', 'a[+]', 'a[%09]', 'a[%0A]', 'a[ k]', 'a[k ]', 'a[  ]', 'a[01]', 'a[00]', 'a[-0]', 'a[-1]',
        'a[+1]', 'a[1.5]', 'a[1e1]', 'a[9223372036854775806]', 'a[9223372036854775808]', 'a[-9223372036854775808]', 'a%5Bk%5D', 'a%5B%5D',
        'a%5Bk', 'a%2Eb', 'a%20b', '%5D', '0', '1', 'a%5b0%5d', 'é', 'a[é]', 'a[%C3%A9]', 'a%', 'a%4', 'a%zz', 'a[%]', '_', '.', "\ta"];
    $rows = ['', '&', '&&', '=', 'a', 'a=', 'a==', 'a=1=2', 'a&b', '&a=1', 'a=1&', '&&a=1&&b=2&&', 'a;b=1;c=2', 'a=1;b=2', 'a=+', 'a=%2B',
        'a=1+2', 'a=%', 'a=%4', 'a=%41%zz', 'a=%26%3D', 'a=%C3%A9', 'a=é', 'a=%e2%82%ac', 'a=?', 'a=#x', '?a=1', 'a="x"', "a='x'", 'a=<x>',
        'a[b][c][d][e][f][g]=1', 'a[][][][]=1&a[][][][]=2', 'a%5B0%5D%5Bb%5D=1&a%5B0%5D%5Bc%5D=2&a%5B1%5D%5Bb%5D=3', 'a=x&a=y&a=z',
        'a[b]=x&a[b][c]=y', 'a[b][c]=y&a[b]=x', 'a[x]=1&a[1]=2&a[]=3', 'a[5]=x&a[]=y', 'a[5]=x&a[2]=y&a[]=z', 'a[1]=x&a[0]=y',
        'a[0]=x&a[1]=y&a[2]=z', 'a[0]=x&a[1]=y&a[3]=z', 'a[1]=x&a[2]=y', 'a[]=x&a[0]=y', 'a[]=x&a[]=y&a[k]=z&a[]=w', 'a[00]=x&a[]=y'];
    foreach ([1, 2, 16, 17, 63, 64] as $levels) {
        $rows[] = 'a' . str_repeat('[k]', $levels) . '=1';
        $rows[] = 'a' . str_repeat('[]', $levels) . '=1&a[]=2';
    }
    foreach ($names as $name) {
        array_push($rows, "$name=1", $name, "$name=1&$name=2", "a=0&$name=1", "$name=1&a=0", "$name=1&a[]=2", "a[]=2&$name=1", "a[k]=2&$name=1");
    }
    $few = ['i', 'i[]', 'i[0]', 'i[1]', 'i[k]', 'i[][x]'];
    foreach ($few as $one) {
        foreach ($few as $two) {
            foreach ($few as $three) {
                $rows[] = "$one=a&$two=b&$three=c";
            }
        }
    }
    $data = [['tags' => ['a', 'b'], 'customer' => ['address' => ['city' => 'Łódź', 'lines' => ['1', '2']]]], ['a' => [['b' => '1'], ['b' => '2']]],
        ['a' => ['x' => true, 'y' => false, 'z' => null]], ['a b' => '1', 'c.d' => '2'], ['a' => [[['deep']]]], ['k' => ['1' => 'x', '0' => 'y']]];
    foreach ($data as $fields) {
        array_push($rows, http_build_query($fields), http_build_query($fields, '', '&', PHP_QUERY_RFC3986));
    }
    mt_srand(1);
    $letters = ['a', 'b', '[', '[', ']', ']', '[]', '.', ' ', '=', '=', '&', '+', '%5B', '%5D', '0', '1', '-'];
    for ($i = 0; $i < 400; $i++) {
        $row = '';
        for ($n = mt_rand(1, 24); $n > 0; $n--) {
            $row .= $letters[mt_rand(0, count($letters) - 1)];
        }
        $rows[] = $row;
    }
    return array_values(array_filter(array_unique($rows), fn ($row) => $row === '=' || !php_drops($row)));
}

function parse_str_value(string $row): array
{
    parse_str($row, $fields);
    return [$row, (object) $fields];
}

function texts(): array
{
    $rows = ['', ' ', '10', ' 10', '10 ', " \t\n\r\v\f10", "10 \t\n\r\v\f", '1 0', '1e2', '1E2', '1e+2', '1e-2', '1e-8', '1e02', '1e', '1e+', 'e5', '1e5.5', '1e 5',
        '1.5e3', '1.e3', '.5e1', '.5', '-.5', '+.5', '5.', '-5.', '.', '-', '+', '-.', '+5', '-5', '--5', '+-5', '- 5', '-0', '-0.00', '00012', '0.10', '1.2.3', '1,5', '1 000',
        '1_000', '0x1A', '0b11', '0o17', '10 abc', 'abc', '10abc', 'INF', 'inf', 'NAN', 'nan', '1e1000', '٣', "\u{a0}10", "10\u{a0}", '1/2', '10%', '$10',
        '9.200000000000001', '0.30000000000000004', '123456789.123456', '89999999999.99', '00000000000000000000000000001', '1.500000000000000000000000000',
        '20.40', '4000.01', '0.00000001', '1000000e-6', '0.00001e5', '1e10', '123e-2', '0e99999999999999999999', '0.0e-5', '12345678901234567890123'];
    return array_values(array_unique($rows));
}

function is_numeric_value(string $row): array
{
    $number = is_numeric($row) ? $row + 0 : null;
    return [$row, is_numeric($row), is_float($number) && is_infinite($number) ? null : $number];
}

function numbers(): array
{
    $rows = ['0.0', '-0.0', '0.1', '100.0', '1e2', '123.45', '-0.5', '0.30000000000000004', '5e-324', '2.2250738585072014e-308',
        '1.7976931348623157e308', '9007199254740993.0', '123456789012345680.0', '0.000123456789', '12345678901234567890'];
    for ($exponent = -12; $exponent <= 24; $exponent++) {
        foreach (['1', '1.5', '9.99', '-2.5', '1.2345678901234567', '4.9999999999999996'] as $digits) {
            $rows[] = "{$digits}e$exponent";
        }
    }
    mt_srand(1);
    for ($i = 0; $i < 200; $i++) {
        $rows[] = mt_rand(0, 1 << 30) . '.' . mt_rand(0, 1 << 30) . 'e' . mt_rand(-40, 40);
    }
    return $rows;
}

function json_encode_value(string $row): array
{
    return [$row, json_encode(json_decode($row))];
}

$tables = ['parse_str' => 'forms', 'is_numeric' => 'texts', 'json_encode' => 'numbers'];
$table = $argv[1] ?? 'parse_str';
[$rows, $value] = [$tables[$table](), "{$table}_value"];
$lines = array_map(fn ($row) => json_encode($value($row), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR), $rows);
echo "[\n" . implode(",\n", $lines) . "\n]\n";
