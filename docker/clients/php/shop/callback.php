<?php

// The receiver of callbacks: php -S 127.0.0.1:9000 callback.php, with the shop's variables and SHOP_FILE.

declare(strict_types=1);

require __DIR__ . '/Shop.php';

$shop = new Shop(getenv(), getenv('SHOP_FILE'));
http_response_code($shop->callback(file_get_contents('php://input'), $_SERVER['HTTP_X_SIGNATURE'] ?? ''));
