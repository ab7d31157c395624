package io.tidemark.engine.plugin;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Calls into a plug-in with a class loader of its own. Libraries look for classes in the class loader of the running thread, so each call runs with the
 * plug-in's, and threads that the plug-in starts inherit it. Objects of the contracts that a call returns are wrapped in the same way.
 */
final class PluginCalls implements InvocationHandler {
    private static final String CONTRACTS = "io.tidemark.spi.";

    private final ClassLoader loader;
    private final Object target;

    private PluginCalls(ClassLoader loader, Object target) {
        this.loader = loader;
        this.target = target;
    }

    static <T> T entering(ClassLoader loader, Class<T> contract, T target) {
        return contract.cast(wrapped(loader, target));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            Object result = method.invoke(target, arguments);
            if (result instanceof Optional<?> optional) {
                return optional.map(found -> wrapped(loader, found));
            }
            return result == null ? null : wrapped(loader, result);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static Object wrapped(ClassLoader loader, Object made) {
        Set<Class<?>> contracts = new LinkedHashSet<>();
        for (Class<?> type = made.getClass(); type != null; type = type.getSuperclass()) {
            for (Class<?> contract : type.getInterfaces()) {
                if (contract.getName().startsWith(CONTRACTS)) {
                    contracts.add(contract);
                }
            }
        }
        return contracts.isEmpty()
                ? made
                : Proxy.newProxyInstance(
                        PluginCalls.class.getClassLoader(),
                        contracts.toArray(Class<?>[]::new),
                        new PluginCalls(loader, made));
    }
}
