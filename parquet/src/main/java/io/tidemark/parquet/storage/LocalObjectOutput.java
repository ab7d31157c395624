package io.tidemark.parquet.storage;

import io.tidemark.spi.storage.ObjectStore.ObjectOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
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
            String message = "Cannot write object: " + e.getMessage() + " (path=" + path + ")";
            throw isDiskFull() ? new DiskFullException(message, e) : new IOException(message, e);
        }
        position += length;
    }

    /** Java has no exception of its own for a full disk, so the disk is asked. */
    private boolean isDiskFull() {
        try {
            return Files.getFileStore(temporary).getUsableSpace() < BLOCK_BYTES;
        } catch (IOException e) {
            return false;
        }
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
            Folders.force(target.getParent());
        } catch (IOException e) {
            abort();
            throw new IOException("Cannot make object durable: " + e.getMessage() + " (path=" + path + ")", e);
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
