package io.tidemark.parquet.storage;

import io.tidemark.spi.storage.ObjectStore.ObjectOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** An object under a temporary name beside its own until it is closed. */
final class LocalObjectOutput extends ObjectOutput {
    private static final long BLOCK_BYTES = 64 << 10;

    private final String path;
    private final Path temporary;
    private final Path target;
    private final FileChannel channel;
    private long position;
    private boolean done;

    LocalObjectOutput(String path, Path temporary, Path target) throws IOException {
        this.path = path;
        this.temporary = temporary;
        this.target = target;
        this.channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(source, offset, length);
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw failure("Cannot write object", e);
        }
        position += length;
    }

    /** Java has no exception of its own for a full disk, so the disk is asked. */
    private IOException failure(String what, IOException cause) {
        String message = what + ": " + cause.getMessage() + " (path=" + path + ")";
        try {
            if (Files.getFileStore(Folders.of(target)).getUsableSpace() < BLOCK_BYTES) {
                return new DiskFullException(message, cause);
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        return new IOException(message, cause);
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void close() throws IOException {
        if (done) {
            return;
        }
        try {
            channel.force(true);
            channel.close();
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            done = true;
            forceFolder();
        } catch (IOException e) {
            IOException failure = failure("Cannot make object durable", e);
            abort();
            throw failure;
        }
    }

    private void forceFolder() throws IOException {
        try {
            Folders.force(target.getParent());
        } catch (NoSuchFileException e) {
            // Somebody has already deleted the object and with it its folder.
        }
    }

    @Override
    public void abort() {
        if (done) {
            return;
        }
        done = true;
        try {
            channel.close();
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // The temporary file is invisible to readers, and listing removes it when it is a day old.
        }
    }
}
