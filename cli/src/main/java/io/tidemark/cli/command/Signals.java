package io.tidemark.cli.command;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Signals of the operating system, by {@code sun.misc.Signal} of the module {@code jdk.unsupported}: every Java has it, and the compiler has a warning
 * for its mention that cannot be switched off.
 */
final class Signals {
    private static final Class<?> SIGNAL = type("sun.misc.Signal");
    private static final Class<?> HANDLER = type("sun.misc.SignalHandler");

    private Signals() {}

    /** What {@link #handle} takes; the action is given the number of the signal, in a thread of its own. */
    static Object handler(IntConsumer action) {
        return Proxy.newProxyInstance(
                Signals.class.getClassLoader(), new Class<?>[] {HANDLER}, (proxy, method, args) -> {
                    switch (method.getName()) {
                        case "handle" -> {
                            action.accept(
                                    (Integer) SIGNAL.getMethod("getNumber").invoke(args[0]));
                            return null;
                        }
                        case "equals" -> {
                            return proxy == args[0];
                        }
                        case "hashCode" -> {
                            return System.identityHashCode(proxy);
                        }
                        default -> {
                            return "handler of signals";
                        }
                    }
                });
    }

    /**
     * Has the signal handled so.
     *
     * @param name the signal's name without SIG
     * @return what handled it before; empty when this system has no such signal, or Java was told to leave it alone
     */
    static Optional<Object> handle(String name, Object handler) {
        try {
            Object signal = SIGNAL.getConstructor(String.class).newInstance(name);
            return Optional.of(Objects.requireNonNull(
                    SIGNAL.getMethod("handle", SIGNAL, HANDLER).invoke(null, signal, handler)));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException) {
                return Optional.empty();
            }
            throw new IllegalStateException("Cannot handle signal " + name, e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Cannot handle signal " + name, e);
        }
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("Cannot handle signals: this Java lacks the module jdk.unsupported", e);
        }
    }
}
