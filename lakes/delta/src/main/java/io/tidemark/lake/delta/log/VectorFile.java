package io.tidemark.lake.delta.log;

import io.delta.kernel.internal.deletionvectors.Base85Codec;
import io.tidemark.lake.delta.log.DeltaFile.Vector;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32;
import org.roaringbitmap.RoaringBitmap;

/**
 * Deletion vectors of one commit as one file: a byte for the version, then for each vector its size, its bytes and their CRC-32, big-endian. The bytes
 * are a magic number, how many bitmaps of 2^32 rows there are, and for each the upper half of its rows and the bitmap in the portable format of
 * RoaringBitmap, little-endian. Source: Delta transaction protocol, sections "Deletion Vector Format" and "Deletion Vector File Storage Format".
 */
public final class VectorFile {
    private static final byte VERSION = 1;
    private static final int MAGIC = 1681511377;
    private static final int HEADER_BYTES = 4 + 8 + 4;

    private final UUID id;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int count;

    public VectorFile() {
        this.id = UUID.randomUUID();
        bytes.write(VERSION);
    }

    /** Vectors in it. */
    public int count() {
        return count;
    }

    /** Path under the table's folder. */
    public String path() {
        return path(id);
    }

    static String path(UUID id) {
        return "deletion_vector_" + id + ".bin";
    }

    /** Adds a vector; rows must not be empty. */
    public Vector add(RoaringBitmap rows) {
        rows.runOptimize();
        count++;
        ByteBuffer vector =
                ByteBuffer.allocate(HEADER_BYTES + rows.serializedSizeInBytes()).order(ByteOrder.LITTLE_ENDIAN);
        vector.putInt(MAGIC).putLong(1).putInt(0);
        rows.serialize(vector);
        int offset = bytes.size();
        CRC32 checksum = new CRC32();
        checksum.update(vector.array());
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(vector.capacity());
            out.write(vector.array());
            out.writeInt((int) checksum.getValue());
        } catch (IOException e) {
            throw new IllegalStateException("Cannot write to memory", e);
        }
        return new Vector("u", Base85Codec.encodeUUID(id), offset, vector.capacity(), rows.getLongCardinality());
    }

    /** The whole file. */
    public byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
