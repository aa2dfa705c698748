-- Rows by the million go into tables without indexes and foreign keys much faster.

CREATE TABLE bench_dressing (place serial, target text, undo text, redo text);

-- Take from a table all that is checked or kept row by row.
CREATE PROCEDURE bench_undress(target regclass) LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
    INSERT INTO bench_dressing (target, undo, redo)
    SELECT target::text,
           format('ALTER TABLE %s DROP CONSTRAINT %I', target, conname),
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', target, conname,
                  pg_get_constraintdef(oid))
      FROM pg_constraint WHERE conrelid = target AND contype = 'f';
    INSERT INTO bench_dressing (target, undo, redo)
    SELECT target::text, format('DROP INDEX %I', relname), pg_get_indexdef(indexrelid)
      FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
     WHERE indrelid = target
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid);
    FOR one IN SELECT undo FROM bench_dressing d WHERE d.target = bench_undress.target::text
    LOOP EXECUTE one.undo; END LOOP;
END $$;

-- Give it all back: indexes first, foreign keys use them.
CREATE PROCEDURE bench_dress() LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
    FOR one IN SELECT redo FROM bench_dressing ORDER BY place DESC
    LOOP EXECUTE one.redo; END LOOP;
    DELETE FROM bench_dressing;
END $$;
