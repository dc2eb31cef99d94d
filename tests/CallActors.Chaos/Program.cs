namespace CallActors.Chaos;

public static class Program
{
    public static int Main() => 0;
}
