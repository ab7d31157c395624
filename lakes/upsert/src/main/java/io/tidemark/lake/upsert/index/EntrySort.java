package io.tidemark.lake.upsert.index;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sorts any number of entries in bounded memory: full buffers become sorted runs in temporary files, which are then merged. Of several entries of
 * one key the one with the greatest location stays, the others are reported. {@link Part} is filled by one thread each.
 */
public final class EntrySort implements SortedEntries, AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 18;

    private final Path folder;
    private final long partBytes;
    private final LongConsumer duplicates;
    private final List<Run> runs = new ArrayList<>();

    /**
     * @param folder for temporary files
     * @param partBytes memory of a part
     * @param duplicates receives locations of entries whose key another one has
     */
    public EntrySort(Path folder, long partBytes, LongConsumer duplicates) {
        this.folder = folder;
        this.partBytes = partBytes;
        this.duplicates = duplicates;
    }

    /** A part for one thread. */
    public Part part() {
        return new Part();
    }

    @Override
    public void forEach(Sink sink) throws IOException {
        PriorityQueue<Cursor> queue = new PriorityQueue<>(Math.max(1, runs.size()), Cursor::compareTo);
        try {
            for (Run run : runs) {
                Cursor cursor = run.open();
                if (cursor.next()) {
                    queue.add(cursor);
                }
            }
            merge(queue, sink);
        } finally {
            for (Cursor cursor : queue) {
                cursor.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Run run : runs) {
            run.delete();
        }
        runs.clear();
    }

    private void merge(PriorityQueue<Cursor> queue, Sink sink) throws IOException {
        byte[] held = new byte[0];
        int heldLength = -1;
        long heldLocation = RowLocation.NONE;
        while (!queue.isEmpty()) {
            Cursor least = queue.poll();
            if (heldLength >= 0 && least.isAt(held, heldLength)) {
                duplicates.accept(Math.min(heldLocation, least.location));
                heldLocation = Math.max(heldLocation, least.location);
            } else {
                if (heldLength >= 0) {
                    sink.accept(held, 0, heldLength, heldLocation);
                }
                if (held.length < least.length()) {
                    held = new byte[2 * least.length()];
                }
                System.arraycopy(least.data, least.from, held, 0, least.length());
                heldLength = least.length();
                heldLocation = least.location;
            }
            if (least.next()) {
                queue.add(least);
            } else {
                least.close();
            }
        }
        if (heldLength >= 0) {
            sink.accept(held, 0, heldLength, heldLocation);
        }
    }

    /** Entries of one thread. */
    public final class Part {
        private KeyArena keys = new KeyArena(1 << 12);
        private long[] locations = new long[1 << 12];

        /** Adds an entry. */
        public void add(KeyBuffer key, long location) throws IOException {
            int number = keys.add(key.data(), 0, key.length());
            if (number == locations.length) {
                locations = Arrays.copyOf(locations, locations.length * 2);
            }
            locations[number] = location;
            if (keys.byteSize() + 20L * keys.size() >= partBytes) {
                Path file = Files.createTempFile(folder, "run-", ".tmp");
                spill(file);
                keep(new Run(file, new KeyArena(0), new int[0], new long[0]));
                keys.clear();
            }
        }

        /** Ends the part. */
        public void finish() {
            keep(new Run(null, keys, KeySort.order(keys), locations));
            keys = new KeyArena(0);
            locations = new long[1];
        }

        private void keep(Run run) {
            synchronized (runs) {
                runs.add(run);
            }
        }

        private void spill(Path file) throws IOException {
            try (DataOutputStream out =
                    new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES))) {
                for (int key : KeySort.order(keys)) {
                    int length = keys.end(key) - keys.start(key);
                    out.writeInt(length);
                    out.write(keys.data(), keys.start(key), length);
                    out.writeLong(locations[key]);
                }
            }
        }
    }

    /** Sorted entries: in a file, or the last ones of a part, which stay in memory. */
    private static final class Run {
        private final @Nullable Path file;
        private final KeyArena keys;
        private final int[] order;
        private final long[] locations;

        Run(@Nullable Path file, KeyArena keys, int[] order, long[] locations) {
            this.file = file;
            this.keys = keys;
            this.order = order;
            this.locations = locations;
        }

        Cursor open() throws IOException {
            return file == null
                    ? new MemoryCursor(keys, order, locations)
                    : new FileCursor(
                            new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)));
        }

        void delete() throws IOException {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        }
    }

    private abstract static class Cursor implements Comparable<Cursor> {
        byte[] data = new byte[64];
        int from;
        int to;
        long location;

        /** Goes to the next entry; false at the end. */
        abstract boolean next() throws IOException;

        abstract void close() throws IOException;

        int length() {
            return to - from;
        }

        boolean isAt(byte[] key, int keyLength) {
            return Arrays.equals(data, from, to, key, 0, keyLength);
        }

        @Override
        public int compareTo(Cursor other) {
            return Arrays.compareUnsigned(data, from, to, other.data, other.from, other.to);
        }
    }

    private static final class MemoryCursor extends Cursor {
        private final KeyArena keys;
        private final int[] order;
        private final long[] locations;
        private int at = -1;

        MemoryCursor(KeyArena keys, int[] order, long[] locations) {
            this.keys = keys;
            this.order = order;
            this.locations = locations;
            this.data = keys.data();
        }

        @Override
        boolean next() {
            if (++at == order.length) {
                return false;
            }
            from = keys.start(order[at]);
            to = keys.end(order[at]);
            location = locations[order[at]];
            return true;
        }

        @Override
        void close() {
            // Nothing is open.
        }
    }

    private static final class FileCursor extends Cursor {
        private final DataInputStream in;

        FileCursor(DataInputStream in) {
            this.in = in;
        }

        @Override
        boolean next() throws IOException {
            try {
                to = in.readInt();
            } catch (EOFException e) {
                return false;
            }
            if (data.length < to) {
                data = new byte[2 * to];
            }
            in.readFully(data, 0, to);
            location = in.readLong();
            return true;
        }

        @Override
        void close() throws IOException {
            in.close();
        }
    }
}
