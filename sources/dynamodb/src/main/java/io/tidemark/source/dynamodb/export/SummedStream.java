package io.tidemark.source.dynamodb.export;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * A file with the MD5 of what was read of it. A read that fails is reported here, as an error of the store: what fails above it is an error of the
 * file's content.
 */
final class SummedStream extends InputStream {
    private static final int DRAIN_BYTES = 1 << 16;

    private final InputStream file;
    private final String name;
    private final MessageDigest digest;
    private boolean hasEnded;

    SummedStream(InputStream file, String name) {
        this.file = file;
        this.name = name;
        this.digest = newDigest();
    }

    /** The MD5 of bytes in base64, as manifests have it. */
    static String md5(byte[] content) {
        return Base64.getEncoder().encodeToString(newDigest().digest(content));
    }

    /** The store, not the file, is at fault. */
    static TidemarkException failed(String name, Exception e) {
        return new TidemarkException(
                ErrorCode.SOURCE_CONNECTION_LOST,
                "Cannot read export file " + name + ": " + e.getMessage(),
                "The file is read again from its begin.",
                e);
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has MD5", e);
        }
    }

    /** Reads the rest of the file; returns the MD5 of all of it in base64. To be called once. */
    String md5() {
        byte[] rest = new byte[DRAIN_BYTES];
        int read = 0;
        while (read >= 0) {
            read = read(rest, 0, rest.length);
        }
        return Base64.getEncoder().encodeToString(digest.digest());
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        if (hasEnded) {
            return -1;
        }
        try {
            int read = file.read(bytes, offset, length);
            if (read < 0) {
                hasEnded = true;
            } else {
                digest.update(bytes, offset, read);
            }
            return read;
        } catch (IOException | SdkException e) {
            throw failed(name, e);
        }
    }

    /** Gzip looks here for a further member, and takes 0 for the end even where the network is only slow. */
    @Override
    public int available() {
        return hasEnded ? 0 : 1;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
