package io.tidemark.spark.upsert;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/**
 * What a producer pushes, to be pulled, while no more than a few elements wait: the producer runs in a thread of its own, which ends with it or with
 * {@link #close}.
 *
 * @param <T> the elements
 */
final class Pulled<T> implements Iterator<T>, AutoCloseable {
    private static final int WAITING_MOST = 4;

    private final BlockingQueue<Item<T>> queue = new ArrayBlockingQueue<>(WAITING_MOST);
    private final Thread thread;
    private @Nullable Item<T> next;

    /** An element; the end, if there is neither element nor failure. */
    private record Item<T>(@Nullable T element, @Nullable Throwable failure) {
        boolean isEnd() {
            return element == null;
        }
    }

    /** Ends the producer. */
    private static final class Closed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** For a task of Spark's, with which it ends. */
    static <T> Iterator<T> ofTask(Consumer<Consumer<T>> producer) {
        Pulled<T> pulled = new Pulled<>("tidemark-task-reader", producer);
        TaskContext task = TaskContext.get();
        if (task != null) {
            task.addTaskCompletionListener((TaskCompletionListener) ended -> pulled.close());
        }
        return pulled;
    }

    Pulled(String name, Consumer<Consumer<T>> producer) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        this.thread = new Thread(() -> run(producer), name);
        thread.setContextClassLoader(loader);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public boolean hasNext() {
        return !peek().isEnd();
    }

    @Override
    public T next() {
        T element = peek().element();
        if (element == null) {
            throw new NoSuchElementException();
        }
        next = null;
        return element;
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private Item<T> peek() {
        if (next == null) {
            try {
                next = queue.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                thread.interrupt();
                throw new IllegalStateException("Cannot go on reading: interrupted", e);
            }
        }
        Throwable failure = next.failure();
        if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (failure != null) {
            throw new IllegalStateException("Cannot go on reading: " + failure, failure);
        }
        return next;
    }

    private void run(Consumer<Consumer<T>> producer) {
        try {
            Item<T> end;
            try {
                producer.accept(element -> put(new Item<>(element, null)));
                end = new Item<>(null, null);
            } catch (Closed e) {
                return;
            } catch (Throwable e) {
                end = new Item<>(null, e);
            }
            put(end);
        } catch (Closed e) {
            // Nobody pulls any more.
        }
    }

    private void put(Item<T> item) {
        try {
            queue.put(item);
        } catch (InterruptedException e) {
            throw new Closed();
        }
    }
}
