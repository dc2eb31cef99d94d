namespace CallActors;

/// <summary>Puts a <see cref="DigestGate"/> in front of an application's routes.</summary>
public static class DigestRouting
{
    /// <summary>Challenges requests outside dialogs; those that are let in go on, with their user in <see cref="DigestGate.UserOf"/>.</summary>
    /// <param name="routes">The routes.</param>
    /// <param name="gate">Who is let in.</param>
    /// <param name="when">Which requests; null takes all but OPTIONS, by which phones and servers only ask whether we are there.</param>
    public static CallRoutes UseDigest(this CallRoutes routes, DigestGate gate, Func<IncomingRequest, bool>? when = null)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(gate);
        when ??= static request => request.Message.Method != Sip.Messages.SipMethod.Options;
        return routes.Use(async (request, next) =>
        {
            if (!when(request) || await gate.Admit(request)) await next();
        });
    }

    /// <inheritdoc cref="UseDigest(CallRoutes, DigestGate, Func{IncomingRequest, bool}?)"/>
    /// <param name="app">The application.</param>
    /// <param name="gate">Who is let in.</param>
    /// <param name="when">Which requests; null takes all but OPTIONS.</param>
    public static CallApplication UseDigest(this CallApplication app, DigestGate gate, Func<IncomingRequest, bool>? when = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.Routes.UseDigest(gate, when);
        return app;
    }
}
