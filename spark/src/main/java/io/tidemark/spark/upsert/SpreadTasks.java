package io.tidemark.spark.upsert;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.lake.SpreadApply.Routes;
import io.tidemark.spi.lake.SpreadApply.Steps;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterators;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.apache.spark.TaskContext;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/** What tasks of a spread apply do. */
final class SpreadTasks {
    private SpreadTasks() {}

    /** The rows of a bucket, and what the fold said of them as {@link Bytes}, which is marked. */
    static Iterator<Tuple2<Boolean, byte[]>> fold(SpreadWork work, Iterator<Tuple2<ChunkPlace, byte[]>> chunks) {
        Iterator<ChangeBatch> events = mapped(chunks, chunk -> Bytes.read(chunk._2(), ChangeBatch.class));
        return Pulled.ofTask(sink -> {
            Serializable said = work.fold().fold(events, row -> sink.accept(new Tuple2<>(false, row)));
            sink.accept(new Tuple2<>(true, Bytes.write(said)));
        });
    }

    /** Places of keys in file groups, by bucket. */
    static Iterator<Tuple2<Integer, byte[]>> search(Steps steps, Iterator<Integer> groups, KeyBuckets buckets) {
        return Pulled.ofTask(sink ->
                steps.search(groups, (key, place) -> sink.accept(new Tuple2<>(buckets.of(key, key.length), place))));
    }

    /** The rows of a bucket by group. */
    static Iterator<Tuple2<String, byte[]>> route(
            Steps steps, Iterator<byte[]> rows, Iterator<Tuple2<Integer, byte[]>> places) {
        BiConsumer<byte[], Routes> router = steps.router(mapped(places, Tuple2::_2));
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, 0), false)
                .flatMap(row -> {
                    List<Tuple2<String, byte[]>> routed = new ArrayList<>(2);
                    router.accept(row, (group, part) -> routed.add(new Tuple2<>(group, part)));
                    return routed.stream();
                })
                .iterator();
    }

    /** Rows, now complete, by group. */
    static Iterator<Tuple2<String, byte[]>> complete(Steps steps, Iterator<Tuple2<String, byte[]>> rows) {
        return Pulled.ofTask(sink -> {
            for (Groups groups = new Groups(rows); groups.advance(); ) {
                steps.complete(groups.name(), groups, (group, row) -> sink.accept(new Tuple2<>(group, row)));
            }
        });
    }

    /** What became of groups, as {@link Bytes}. */
    static Iterator<byte[]> write(Steps steps, Iterator<Tuple2<String, byte[]>> rows) {
        List<byte[]> written = new ArrayList<>();
        for (Groups groups = new Groups(rows); groups.advance(); ) {
            written.add(Bytes.write(
                    steps.write(groups.name(), groups, TaskContext.get().taskAttemptId())));
        }
        return written.iterator();
    }

    private static <A, B> Iterator<B> mapped(Iterator<A> all, Function<A, B> function) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return all.hasNext();
            }

            @Override
            public B next() {
                return function.apply(all.next());
            }
        };
    }

    /** Rows that are sorted by group: iterates over those of one group after the other. */
    private static final class Groups implements Iterator<byte[]> {
        private final Iterator<Tuple2<String, byte[]>> rows;
        private String name = "";
        private @Nullable Tuple2<String, byte[]> ahead;

        Groups(Iterator<Tuple2<String, byte[]>> rows) {
            this.rows = rows;
            read();
        }

        /** Goes on to the next group; false when there is none. */
        boolean advance() {
            while (hasNext()) {
                read();
            }
            if (ahead == null) {
                return false;
            }
            name = ahead._1();
            return true;
        }

        String name() {
            return name;
        }

        @Override
        public boolean hasNext() {
            return ahead != null && ahead._1().equals(name);
        }

        @Override
        public byte[] next() {
            Tuple2<String, byte[]> row = ahead;
            if (row == null || !hasNext()) {
                throw new NoSuchElementException("no more rows of the group");
            }
            read();
            return row._2();
        }

        private void read() {
            ahead = rows.hasNext() ? rows.next() : null;
        }
    }
}
