using CallActors.Sip.Digest;

namespace CallActors.TestKit;

/// <summary>Steps within a dialog that give back the dialog's own kind.</summary>
public static class DialogSteps
{
    /// <summary>Sends BYE and expects 200.</summary>
    public static T HangsUp<T>(this T dialog, (string Name, string? Value)[]? headers = null)
        where T : PhoneDialog
    {
        ArgumentNullException.ThrowIfNull(dialog);
        dialog.Send("BYE", null, headers).Receives(200);
        return dialog;
    }

    /// <summary>Expects BYE and answers it with 200.</summary>
    public static T ReceivesBye<T>(this T dialog)
        where T : PhoneDialog
    {
        ArgumentNullException.ThrowIfNull(dialog);
        dialog.Next("BYE").Respond(200);
        return dialog;
    }

    /// <summary>Expects that nothing is asked within the dialog.</summary>
    public static T ReceivesNothing<T>(this T dialog, TimeSpan during)
        where T : PhoneDialog
    {
        ArgumentNullException.ThrowIfNull(dialog);
        dialog.Nothing(during);
        return dialog;
    }
}

/// <summary>Steps of a request that was received or sent, which give back its own kind.</summary>
public static class RequestSteps
{
    /// <summary>Answers with a status.</summary>
    public static T Answers<T>(this T request, int status, PhoneBody? body = null, (string Name, string? Value)[]? headers = null, string? reason = null)
        where T : ReceivedRequest
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Respond(status, body, headers, reason);
        return request;
    }

    /// <summary>Challenges whoever sent it (RFC 7616): the request is to come again with credentials.</summary>
    /// <param name="request">The request.</param>
    /// <param name="realm">The realm.</param>
    /// <param name="algorithms">The algorithms, the preferred one first; MD5 when none is given.</param>
    /// <param name="isProxy">407 with Proxy-Authenticate, or 401 with WWW-Authenticate.</param>
    /// <param name="isStale">Whether only the nonce was wrong.</param>
    /// <typeparam name="T">The request's kind.</typeparam>
    public static T ChallengesWith<T>(this T request, string realm, DigestAlgorithm[]? algorithms = null, bool isProxy = true, bool isStale = false)
        where T : ReceivedRequest
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Challenge(realm, algorithms ?? [], isProxy, isStale);
        return request;
    }

    /// <summary>Expects credentials that answer a challenge of this phone's and prove a password.</summary>
    public static T Proves<T>(this T request, string user, string password)
        where T : ReceivedRequest
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Phone.Challenger.Fault(request.Request, user, password) is { } fault)
            throw request.Phone.Net.Fault($"{request.Phone.Name} expected credentials of {user} in {request.Method} {request.Request.CSeq}, but {fault}.");
        return request;
    }

    /// <summary>Expects the next response, 100 left out unless it is expected.</summary>
    public static T Receives<T>(this T request, int status)
        where T : SentRequest
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Take(status);
        return request;
    }

    /// <summary>Expects that no final response ever comes.</summary>
    public static T TimesOut<T>(this T request)
        where T : SentRequest
    {
        ArgumentNullException.ThrowIfNull(request);
        request.TimeOut();
        return request;
    }
}
