package io.tidemark.source.postgres.stream;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Messages on their way from one thread to another, many at once: a message costs no more than its copy. */
final class MessageBlocks {
    private static final int BLOCK_BYTES = 256 << 10;
    private static final int BLOCKS = 48;
    private static final int HEAD_BYTES = Integer.BYTES + Long.BYTES;
    private static final long LOOK_MILLIS = 100;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** For each message its length, its place, and itself. */
    private final BlockingQueue<ByteBuffer> full = new ArrayBlockingQueue<>(BLOCKS);

    private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(BLOCKS + 2);
    private volatile boolean closed;

    /** The giving thread's. */
    private ByteBuffer filling = NOTHING;

    /** The taking thread's, its limit behind the newest message that was taken. */
    private ByteBuffer block = NOTHING;

    private int blockEnd;
    private long place;

    /**
     * Adds a message.
     *
     * @param place where it is in the log
     * @return whether this handed on what was there before
     */
    boolean add(long place, byte[] buffer, int offset, int length) {
        boolean isFull = filling.remaining() < HEAD_BYTES + length;
        if (isFull) {
            hand();
            filling = block(HEAD_BYTES + length);
        }
        filling.putInt(length).putLong(place).put(buffer, offset, length);
        return isFull;
    }

    /** Gives what is there to the thread that takes; waits while that is behind. */
    void hand() {
        if (filling.position() == 0) {
            return;
        }
        filling.flip();
        try {
            while (!closed && !full.offer(filling, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                // The thread that takes is behind.
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("Cannot hand changes on: nobody interrupts this thread", e);
        }
        filling = NOTHING;
    }

    /** The next message, which is there until the next call; null when none was handed on. */
    @Nullable
    ByteBuffer take() {
        if (block.limit() == blockEnd && !nextBlock()) {
            return null;
        }
        int at = block.limit();
        block.limit(blockEnd);
        int length = block.getInt(at);
        place = block.getLong(at + Integer.BYTES);
        int start = at + HEAD_BYTES;
        block.limit(start + length).position(start);
        return block;
    }

    /** Where the newest message that was taken is in the log. */
    long place() {
        return place;
    }

    /** Whether all that was handed on was taken; for the taking thread. */
    boolean isEmpty() {
        return full.isEmpty() && block.limit() == blockEnd;
    }

    /** Nobody takes any more. */
    void close() {
        closed = true;
    }

    private boolean nextBlock() {
        if (block.capacity() == BLOCK_BYTES) {
            free.offer(block);
        }
        block = NOTHING;
        blockEnd = 0;
        ByteBuffer next = full.poll();
        if (next == null) {
            return false;
        }
        block = next;
        blockEnd = next.limit();
        next.limit(0);
        return true;
    }

    private ByteBuffer block(int bytesAtLeast) {
        if (bytesAtLeast > BLOCK_BYTES) {
            return ByteBuffer.allocate(bytesAtLeast);
        }
        ByteBuffer used = free.poll();
        return used == null ? ByteBuffer.allocate(BLOCK_BYTES) : used.clear();
    }
}
