<?php
// What the shop knows of an order, for the box office: php show.php T-1

require __DIR__ . '/tickets.php';

echo json_encode(loadOrder($argv[1])), "\n";
