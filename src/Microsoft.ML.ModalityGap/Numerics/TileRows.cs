namespace Microsoft.ML.ModalityGap;

/// <summary>A number of rows the compiler knows, so that a kernel written once for the most rows loses the code of those it has not.</summary>
internal interface ITileRows
{
    static abstract int Count { get; }
}

/// <summary>The numbers of rows kernels are made for.</summary>
internal static class TileRows
{
    internal readonly struct One : ITileRows
    {
        public static int Count => 1;
    }

    internal readonly struct Three : ITileRows
    {
        public static int Count => 3;
    }

    internal readonly struct Four : ITileRows
    {
        public static int Count => 4;
    }

    internal readonly struct Six : ITileRows
    {
        public static int Count => 6;
    }

    internal readonly struct Twelve : ITileRows
    {
        public static int Count => 12;
    }
}
