package io.tidemark.slices;

import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import io.tidemark.spi.storage.ObjectStore.ObjectOutput;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Checksums of objects, as lower-case hexadecimal. */
final class Sha256 {
    private static final int BLOCK_BYTES = 1 << 20;

    private Sha256() {}

    static String of(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    /** Reads the whole object in blocks. */
    static String of(ObjectInput in) throws IOException {
        MessageDigest digest = digest();
        byte[] block = new byte[(int) Math.min(BLOCK_BYTES, Math.max(1, in.length()))];
        for (long position = 0; position < in.length(); ) {
            int count = (int) Math.min(block.length, in.length() - position);
            in.readFully(position, block, 0, count);
            digest.update(block, 0, count);
            position += count;
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Cannot compute checksums: this Java has no SHA-256", e);
        }
    }

    /** An output that computes the checksum of what passes through. */
    static final class Output extends ObjectOutput {
        private final ObjectOutput out;
        private final MessageDigest digest = digest();

        Output(ObjectOutput out) {
            this.out = out;
        }

        /** Checksum of everything written; call once, after the last write. */
        String checksum() {
            return HexFormat.of().formatHex(digest.digest());
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            out.write(source, offset, length);
            digest.update(source, offset, length);
        }

        @Override
        public long position() {
            return out.position();
        }

        @Override
        public void abort() {
            out.abort();
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
