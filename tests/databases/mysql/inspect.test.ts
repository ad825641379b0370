import { describe, expect, it } from 'vitest';
import { writesOf } from '../../../src/databases/mysql/inspect.ts';

describe('writesOf', () => {
  /** Lines as SHOW GRANTS prints them: MySQL 8.4 manual 15.7.7.22, MariaDB knowledge base "SHOW GRANTS". */
  it.each([
    ['GRANT USAGE ON *.* TO `ro`@`%`', []],
    ['GRANT SELECT, SHOW VIEW ON `shop`.* TO `ro`@`%`', []],
    ['GRANT SELECT, PROCESS, REPLICATION CLIENT ON *.* TO `monitor`@`localhost`', []],
    ["GRANT USAGE ON *.* TO `ro`@`%` IDENTIFIED BY PASSWORD '*AAAA'", []],
    [
      'GRANT SELECT, INSERT, UPDATE ON `shop`.`orders` TO `rw`@`%`',
      ['INSERT on shop.orders', 'UPDATE on shop.orders'],
    ],
    [
      'GRANT SELECT (`id`, `state`), UPDATE (`state`, `note`) ON `shop`.`orders` TO `rw`@`%`',
      ['UPDATE on shop.orders'],
    ],
    [
      'GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION',
      ['ALL PRIVILEGES on *.*', 'GRANT OPTION on *.*'],
    ],
    [
      'GRANT SELECT ON `shop`.* TO `ro`@`%` WITH MAX_QUERIES_PER_HOUR 90 GRANT OPTION',
      ['GRANT OPTION on shop.*'],
    ],
    ['GRANT BACKUP_ADMIN,SYSTEM_VARIABLES_ADMIN ON *.* TO `ops`@`%`', ['SYSTEM_VARIABLES_ADMIN on *.*']],
    ['GRANT EXECUTE ON FUNCTION `shop`.`vat` TO `ro`@`%`', []],
    ['GRANT ALTER ROUTINE, EXECUTE ON PROCEDURE `shop`.`book` TO `rw`@`%`', ['ALTER ROUTINE on shop.book']],
    ['GRANT INSERT ON `my shop`.`web orders` TO `rw`@`%`', ['INSERT on my shop.web orders']],
    ["GRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION", []],
    ['GRANT `readers`@`%` TO `ro`@`%`', []],
  ])('%s', (line, phrases) => {
    expect(writesOf(line)).toEqual(phrases);
  });
});
