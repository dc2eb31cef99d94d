namespace CallActors.Node.Pbx;

/// <summary>What a caller dialled: a user, or a service number with its parameters.</summary>
internal static class Dialled
{
    /// <summary>The user part of the Request-URI.</summary>
    public static string User(IncomingRequest request) => request.Called;

    /// <summary>Requests to one number.</summary>
    public static Func<IncomingRequest, bool> Number(string name) => request => User(request) == name;

    /// <summary>Requests to a number with parameters: <c>ring-5</c>.</summary>
    public static Func<IncomingRequest, bool> Numbers(string name) => request => User(request).StartsWith(name + "-", StringComparison.Ordinal);

    /// <summary>What stands behind the name of a service number: <c>486-gone-fishing</c> of <c>reject-486-gone-fishing</c>.</summary>
    public static string Rest(IncomingCall call)
    {
        var user = User(call.Invite);
        return user[(user.IndexOf('-', StringComparison.Ordinal) + 1)..];
    }
}
