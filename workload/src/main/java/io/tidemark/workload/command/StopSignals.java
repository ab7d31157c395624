package io.tidemark.workload.command;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C and its kin, taken from the JVM for as long as this is open. The JVM would run all shutdown hooks at once, so that the database
 * stopped under the pipeline that still reads it; here the command closes what it opened, in order, and then returns its exit code.
 *
 * <p>The JDK's signal class has no public counterpart, and the compiler refuses its name under -Werror, hence the reflection. Where it is
 * missing the JVM's own handling stays.
 */
final class StopSignals implements AutoCloseable {
    private static final List<String> NAMES = List.of("INT", "TERM", "HUP");

    private final CompletableFuture<Void> requested = new CompletableFuture<>();
    private final Runnable onRequest;
    private final AtomicBoolean told = new AtomicBoolean();
    private final AtomicReference<@Nullable Runnable> instead = new AtomicReference<>();
    private final Map<String, Object> handlersBefore = new HashMap<>();

    private StopSignals(Runnable onRequest) {
        this.onRequest = onRequest;
    }

    /**
     * Takes the signals.
     *
     * @param onRequest called once, when the process is asked to stop, and before anything that waits for that goes on
     */
    static StopSignals take(Runnable onRequest) {
        StopSignals signals = new StopSignals(onRequest);
        try {
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    handlerType.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                        switch (method.getName()) {
                            case "handle" -> signals.raise();
                            case "hashCode" -> {
                                return System.identityHashCode(proxy);
                            }
                            case "equals" -> {
                                return proxy == arguments[0];
                            }
                            default -> {
                                return method.getName();
                            }
                        }
                        return null;
                    });
            for (String name : NAMES) {
                signals.handlersBefore.put(name, handle(name, handler));
            }
        } catch (ReflectiveOperationException e) {
            return signals;
        }
        return signals;
    }

    private static Object handle(String name, Object handler) throws ReflectiveOperationException {
        Class<?> signalType = Class.forName("sun.misc.Signal");
        Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
        Object signal = signalType.getConstructor(String.class).newInstance(name);
        return signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, handler);
    }

    /** As if a signal had come. */
    void raise() {
        Runnable once = instead.getAndSet(null);
        if (once != null) {
            once.run();
        } else if (told.compareAndSet(false, true)) {
            try {
                onRequest.run();
            } finally {
                requested.complete(null);
            }
        }
    }

    /** The next signal runs this instead of asking the process to stop; null takes that back. */
    void nextRuns(@Nullable Runnable action) {
        instead.set(action);
    }

    boolean isRequested() {
        return requested.isDone();
    }

    /** Ends the command if it was asked to. */
    void check() throws InterruptedException {
        if (isRequested()) {
            throw new InterruptedException("stopped by a signal");
        }
    }

    /**
     * Waits until the work is done or the process is asked to stop.
     *
     * @throws InterruptedException when it is asked to stop; the work goes on
     */
    void await(CompletableFuture<?> work) throws InterruptedException {
        CompletableFuture<Object> either = CompletableFuture.anyOf(work.handle((result, failure) -> null), requested);
        try {
            either.get();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("Cannot wait for a step", e);
        }
        check();
    }

    /** Gives the signals back. */
    @Override
    public void close() {
        handlersBefore.forEach((name, handler) -> {
            try {
                handle(name, handler);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("Cannot give back signal " + name, e);
            }
        });
    }
}
