using TinyClip;
ShowCommand.Run(new DirectoryInfo(args[1]), 36, 1);
