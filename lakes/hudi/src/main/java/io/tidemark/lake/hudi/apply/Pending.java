package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.apply.RoutedRows.Target;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one record key. Immutable.
 *
 * @param key the record key
 * @param row the new row version, encoded; null when the row goes
 * @param lacking columns whose values are still to be found
 * @param base record key of the row in the mirror that has them; null when none does
 * @param isContested whether the row version is nothing, or only a delete, when the mirror has a later row of the key
 * @param isOptional whether the row version is dropped when the mirror has no row to take values from: the soft delete of an absent row
 * @param partition partition of the row, where its key tells it or it was found; null when it is not known yet
 * @param fileId file group in which the mirror holds the key now; null for none or when it was not looked for yet
 * @param oldPartition partition of that file group
 */
@SuppressWarnings("ArrayRecordComponent") // One is held for each changed row; it is told apart by identity.
record Pending(
        String key,
        byte @Nullable [] row,
        BitSet lacking,
        @Nullable String base,
        boolean isContested,
        boolean isOptional,
        @Nullable String partition,
        @Nullable String fileId,
        @Nullable String oldPartition) {
    private static final int OVERHEAD_BYTES = 200;

    static final BitSet COMPLETE = new BitSet();

    static final RowSpill.Codec<Pending> CODEC = new RowSpill.Codec<>() {
        @Override
        public byte[] encode(Pending row) {
            return row.encode();
        }

        @Override
        public Pending decode(byte[] bytes) {
            return Pending.decode(bytes);
        }

        @Override
        public long byteSize(Pending row) {
            return OVERHEAD_BYTES + 2L * row.key().length() + (row.row() == null ? 0 : row.requiredRow().length);
        }
    };

    static Pending upsert(String key, byte[] row, @Nullable String partition) {
        return new Pending(key, row, COMPLETE, null, false, false, partition, null, null);
    }

    static Pending delete(String key, @Nullable String partition) {
        return new Pending(key, null, COMPLETE, null, false, false, partition, null, null);
    }

    boolean isDelete() {
        return row == null;
    }

    boolean isLacking() {
        return !lacking.isEmpty();
    }

    byte[] requiredRow() {
        byte[] present = row;
        if (present == null) {
            throw new IllegalStateException("Cannot read the row of a deleted key");
        }
        return present;
    }

    /** Whether the mirror's row of this key or of another one is needed. */
    boolean isUnsettled() {
        return isLacking() || isContested;
    }

    /** The same for a key whose row in the mirror stays as it is. */
    Pending kept() {
        return delete(key, null);
    }

    Pending at(String inPartition, String inFile) {
        return new Pending(key, row, lacking, base, isContested, isOptional, partition, inFile, inPartition);
    }

    Pending completed(byte[] complete) {
        return new Pending(key, complete, COMPLETE, null, false, isOptional, partition, fileId, oldPartition);
    }

    Pending in(String newPartition) {
        return new Pending(key, row, lacking, base, isContested, isOptional, newPartition, fileId, oldPartition);
    }

    /**
     * Hands on what the file groups have to write: nothing for a row that still lacks values, which is the soft delete of a row that the mirror does
     * not have. A row that is still contested has no other one in the mirror.
     */
    void route(BiConsumer<Target, Pending> to) {
        if (isLacking()) {
            return;
        }
        String foundFile = fileId;
        String foundPartition = oldPartition;
        if (isDelete()) {
            if (foundFile != null && foundPartition != null) {
                to.accept(new Target(foundPartition, foundFile), this);
            }
            return;
        }
        String inPartition = Objects.requireNonNull(partition);
        if (foundFile == null || foundPartition == null) {
            to.accept(new Target(inPartition, ""), this);
        } else if (foundPartition.equals(inPartition)) {
            to.accept(new Target(inPartition, foundFile), this);
        } else {
            to.accept(new Target(foundPartition, foundFile), delete(key, foundPartition));
            to.accept(new Target(inPartition, ""), this);
        }
    }

    private byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writeText(out, key);
            writeBytes(out, row);
            writeBytes(out, lacking.toByteArray());
            writeText(out, base);
            out.writeBoolean(isContested);
            out.writeBoolean(isOptional);
            writeText(out, partition);
            writeText(out, fileId);
            writeText(out, oldPartition);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot encode a row in memory", e);
        }
        return bytes.toByteArray();
    }

    private static Pending decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            String key = readText(in);
            byte[] row = readBytes(in);
            byte[] lacking = readBytes(in);
            if (key == null || lacking == null) {
                throw new IOException("a part is missing");
            }
            return new Pending(
                    key,
                    row,
                    BitSet.valueOf(lacking),
                    readText(in),
                    in.readBoolean(),
                    in.readBoolean(),
                    readText(in),
                    readText(in),
                    readText(in));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot decode a row from local disk", e);
        }
    }

    private static void writeText(DataOutputStream out, @Nullable String text) throws IOException {
        writeBytes(out, text == null ? null : text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static void writeBytes(DataOutputStream out, byte @Nullable [] bytes) throws IOException {
        out.writeInt(bytes == null ? -1 : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    private static @Nullable String readText(DataInputStream in) throws IOException {
        byte[] bytes = readBytes(in);
        return bytes == null ? null : new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    }

    private static byte @Nullable [] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        return length < 0 ? null : in.readNBytes(length);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
