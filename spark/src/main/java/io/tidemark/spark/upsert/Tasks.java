package io.tidemark.spark.upsert;

import io.tidemark.lake.upsert.apply.PartApply;
import io.tidemark.lake.upsert.index.FoundKeys;
import io.tidemark.lake.upsert.index.KeySearch;
import io.tidemark.lake.upsert.index.KeyTable;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.error.RetryRule;
import io.tidemark.spi.error.TidemarkException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import scala.Tuple2;

/** What tasks do. What they hand on is bytes of {@link Bytes}. */
final class Tasks {
    private Tasks() {}

    /** The distinct keys of the events of a bucket. */
    static Iterator<byte[]> keys(Work work, Iterator<Tuple2<ChunkPlace, byte[]>> chunks) {
        EventKeys keys = work.keys();
        KeyTable distinct = new KeyTable();
        while (chunks.hasNext()) {
            ChangeBatch batch = Bytes.read(chunks.next()._2(), ChangeBatch.class);
            for (int row = 0; row < batch.size(); row++) {
                if (batch.operation(row) != Operation.TRUNCATE) {
                    byte[] key = keys.of(batch, row);
                    distinct.findOrAdd(key, 0, key.length);
                }
            }
        }
        return List.of(Bytes.write(distinct.keys())).iterator();
    }

    /** Rows of the files whose keys are among these, by bucket. */
    static Iterator<Tuple2<Integer, byte[]>> search(
            Work work, Iterator<Tuple2<Integer, StoredFile>> numbered, KeyTable keys, KeyBuckets buckets) {
        if (keys.size() == 0) {
            return List.<Tuple2<Integer, byte[]>>of().iterator();
        }
        KeySearch search = new KeySearch(work.files());
        return Pulled.ofTask(sink -> numbered.forEachRemaining(next -> {
            StoredFile file = next._2();
            Map<Integer, FoundRows> found = new TreeMap<>();
            search.find(file, keys, (key, row) -> {
                byte[] bytes = keys.keys().bytes(key);
                found.computeIfAbsent(buckets.of(bytes, bytes.length), bucket -> new FoundRows(file, next._1()))
                        .add(key, row);
            });
            found.forEach((bucket, rows) -> sink.accept(new Tuple2<>(bucket, Bytes.write(rows))));
        }));
    }

    /** Applies the events of a bucket. */
    static Iterator<byte[]> apply(
            Work work,
            Iterator<Tuple2<ChunkPlace, byte[]>> chunks,
            Iterator<Tuple2<Integer, byte[]>> rows,
            KeyTable keys) {
        if (!chunks.hasNext()) {
            return List.<byte[]>of().iterator();
        }
        FoundKeys found = found(rows, keys);
        try (PartApply apply = new PartApply(work.files(), work.expected(), found, work.limits())) {
            while (chunks.hasNext()) {
                apply.add(Bytes.read(chunks.next()._2(), ChangeBatch.class));
            }
            return List.of(Bytes.write(new Settled(apply.finish(), null))).iterator();
        } catch (TidemarkException e) {
            if (e.code().retry() == RetryRule.RETRY) {
                throw e;
            }
            return List.of(Bytes.write(new Settled(null, e))).iterator();
        }
    }

    private static FoundKeys found(Iterator<Tuple2<Integer, byte[]>> rows, KeyTable keys) {
        List<FoundRows> byFile = new ArrayList<>();
        rows.forEachRemaining(some -> byFile.add(Bytes.read(some._2(), FoundRows.class)));
        byFile.sort(Comparator.comparingInt(FoundRows::order));
        FoundKeys found = new FoundKeys();
        for (FoundRows some : byFile) {
            for (int i = 0; i < some.size(); i++) {
                found.add(some.file(), keys.keys().bytes(some.key(i)), some.row(i));
            }
        }
        return found;
    }
}
