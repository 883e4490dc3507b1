namespace Microsoft.ML.ModalityGap;

/// <summary>Reads what people have on disk of one kind of data set. A new one is a file here, and a line of <see cref="DataReaders"/>.</summary>
internal interface IDataReader
{
    /// <summary>What it is called on the command line.</summary>
    string Format { get; }

    /// <summary>What has to be in the folder, in words.</summary>
    string Expects { get; }

    /// <summary>Whether a path, a folder or a file, looks like it.</summary>
    bool Recognises(string path);

    /// <summary>Reads it; images themselves are read when they are encoded.</summary>
    /// <exception cref="InvalidDataException">A file is not of the format; the message names it and the line.</exception>
    void Read(string path, DataBuilder builder);
}
