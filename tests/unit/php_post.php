<?php
// Says what PHP reads from a form: for `php -S`, which tests/api/forms.test.js starts.

echo json_encode($_POST);
