<?php

// Parses files of PHP as PHP 8.0 would, and refuses what later versions added: php php80.php FILE ...
// The parser itself knows new words. Syntax that it accepts for every version is refused here.

require '/usr/share/php/PhpParser/autoload.php';

use PhpParser\Lexer\Emulative;
use PhpParser\Node;
use PhpParser\NodeFinder;
use PhpParser\Parser;
use PhpParser\ParserFactory;
use PhpParser\PhpVersion;

function parser(): Parser
{
    return method_exists(ParserFactory::class, 'createForVersion')
        ? (new ParserFactory())->createForVersion(PhpVersion::fromString('8.0'))
        : new Parser\Php7(new Emulative(['phpVersion' => '8.0']));
}

function isNew(Node $node): bool
{
    return $node instanceof Node\VariadicPlaceholder // strlen(...)
        || $node instanceof Node\IntersectionType
        || $node instanceof Node\FunctionLike && in_array(typeOf($node), ['never', 'true'], true)
        || $node instanceof Node\Param && (new NodeFinder())->findFirstInstanceOf([$node->default], Node\Expr\New_::class);
}

function typeOf(Node\FunctionLike $function): ?string
{
    $type = $function->getReturnType();
    return $type instanceof Node\Identifier || $type instanceof Node\Name ? $type->toLowerString() : null;
}

$status = 0;
foreach (array_slice($argv, 1) as $file) {
    try {
        $tree = parser()->parse(file_get_contents($file));
    } catch (PhpParser\Error $error) {
        echo "$file: {$error->getMessage()}\n";
        $status = 1;
        continue;
    }
    foreach ((new NodeFinder())->find($tree, 'isNew') as $node) {
        echo "$file:{$node->getStartLine()}: newer than PHP 8.0: {$node->getType()}\n";
        $status = 1;
    }
}
exit($status);
